package io.halftone.ops;

/** A device that is not there, or whose memory is too small for what was asked of it. */
public final class DeviceException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    public DeviceException(String message) {
        super(message);
    }

    public DeviceException(String message, Throwable cause) {
        super(message, cause);
    }
}
