package io.halftone.torch.internal;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * Keeps apart what CUDA fails in two threads of the process at once: recording what a stream is given, and waiting for a whole device or returning memory
 * to it. Both would end with an error. What records without asking here, such as an engine of TensorRT, is waited for.
 */
final class CaptureLock {
    /** More than any recording takes. */
    static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofMillis(1);
    /** What CUDA says of cudaErrorStreamCaptureUnsupported. */
    private static final String RECORDED_ELSEWHERE = "stream is capturing";
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
        waiting(body, PATIENCE);
    }

    /** The same, and again while somebody else records, for so long at most. */
    static void waiting(Runnable body, Duration patience) {
        long begun = System.nanoTime();
        while (!done(body, LOCK.isWriteLockedByCurrentThread() || System.nanoTime() - begun >= patience.toNanos())) {
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** Returns false if it is to be tried again; the last time it fails instead. */
    private static boolean done(Runnable body, boolean last) {
        LOCK.readLock().lock();
        try {
            body.run();
            return true;
        } catch (RuntimeException e) {
            if (last || !String.valueOf(e.getMessage()).contains(RECORDED_ELSEWHERE)) {
                throw e;
            }
            return false;
        } finally {
            LOCK.readLock().unlock();
        }
    }
}
