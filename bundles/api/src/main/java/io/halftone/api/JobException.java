package io.halftone.api;

/** A job failed. The message is one line for users; the cause is what happened. */
public class JobException extends Exception {
    private static final long serialVersionUID = 1L;

    /** With a line for users and what happened. */
    public JobException(String message, Throwable cause) {
        super(message, cause);
    }
}
