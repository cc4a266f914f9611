package io.halftone.export;

/** A model cannot be exported. The message names the layer or node, what was found and what was expected. */
public class ExportException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message of the form {@code where: found X; expected Y}. */
    public ExportException(String message) {
        super(message);
    }

    /** With the cause that the message adds the where to. */
    public ExportException(String message, Throwable cause) {
        super(message, cause);
    }
}
