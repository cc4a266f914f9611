package io.halftone.export;

/** An engine cannot be built, loaded or run. The message says where, what was found and what was expected. */
public class EngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message of the form {@code where: found X; expected Y}. */
    public EngineException(String message) {
        super(message);
    }

    /** With the cause that the message adds the where to. */
    public EngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
