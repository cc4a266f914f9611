package io.halftone.ops;

/** A checkpoint or pipeline folder is not what it should be. The message says where, what was found and what was expected. */
public class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message of the form {@code where: found X; expected Y}. */
    public CheckpointException(String message) {
        super(message);
    }

    /** With the cause that the message adds the where to. */
    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
