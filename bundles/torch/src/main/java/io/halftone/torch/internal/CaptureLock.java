package io.halftone.torch.internal;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Keeps apart what CUDA fails in two threads of the process at once: recording what a stream is given, and waiting for a whole device or returning memory
 * to it. Both would end with an error.
 */
final class CaptureLock {
    private static final ReentrantReadWriteLock LOCK = new ReentrantReadWriteLock(true);

    private CaptureLock() {}

    /** Records, alone. */
    static <R> R recording(Supplier<R> body) {
        LOCK.writeLock().lock();
        try {
            return body.get();
        } finally {
            LOCK.writeLock().unlock();
        }
    }

    /** Waits for a device, or returns memory to it, while nothing is recorded; what a recording itself does of that is not held up. */
    static void waiting(Runnable body) {
        LOCK.readLock().lock();
        try {
            body.run();
        } finally {
            LOCK.readLock().unlock();
        }
    }
}
