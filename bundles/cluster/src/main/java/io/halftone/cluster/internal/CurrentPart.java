package io.halftone.cluster.internal;

import java.util.Optional;

/** Which part of a session runs now, and whether the session is over. For several threads. */
final class CurrentPart {
    private volatile Part part;
    private volatile boolean over;

    /** The part that runs; empty between parts. */
    Optional<Part> get() {
        return Optional.ofNullable(part);
    }

    /** Whether the session has failed or was closed: no part runs any more. */
    boolean isOver() {
        return over;
    }

    /** A part begins. */
    synchronized void begin(Part begun) {
        part = begun;
        notifyAll();
    }

    /** The part ends. */
    synchronized void end() {
        part = null;
    }

    /** The session ends. */
    synchronized void endSession() {
        over = true;
        notifyAll();
    }

    /** Waits for the part that runs, or for the next one; empty once the session is over. */
    synchronized Optional<Part> await() {
        while (!over && part == null) {
            pause(0);
        }
        return over ? Optional.empty() : get();
    }

    /** Waits a while, as long as that part runs. */
    synchronized void pauseIn(Part running, long millis) {
        if (part == running && !over) {
            pause(millis);
        }
    }

    private void pause(long millis) {
        try {
            wait(millis);
        } catch (InterruptedException e) {   // nobody interrupts a worker
            throw new IllegalStateException(e);
        }
    }
}
