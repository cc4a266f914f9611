package io.halftone.quant;

/** Calibration cannot go on. The message names the site, what was found and what was expected. */
public class CalibrationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** With a message of the form {@code where: found X; expected Y}. */
    public CalibrationException(String message) {
        super(message);
    }

    /** With the cause that the message adds the where to. */
    public CalibrationException(String message, Throwable cause) {
        super(message, cause);
    }
}
