package io.halftone.torch.internal;

/**
 * What comes from the host while a pass is recorded would come again at each replay, from memory that is gone by then: it is refused. For one thread.
 */
final class HostGate {
    private boolean closed;

    /** Refuses from now on, or no more. */
    void close(boolean now) {
        closed = now;
    }

    /**
     * Something is about to be brought to the device.
     *
     * @throws IllegalStateException while a pass is recorded
     */
    void enter(String what) {
        if (closed) {
            throw new IllegalStateException("recording of a pass: found " + what + " that comes from the host each time; expected work of the device alone");
        }
    }
}
