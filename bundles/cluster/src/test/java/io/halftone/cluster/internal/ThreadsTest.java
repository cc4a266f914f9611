package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ThreadsTest {
    @Test
    void waitsForAllThoughItIsInterruptedAndSaysSo() {
        CountDownLatch interrupted = new CountDownLatch(1);
        Thread caller = Thread.currentThread();
        Thread first = new Thread(() -> {
            while (caller.isInterrupted()) {   // until the wait has begun and was ended by it
                Thread.onSpinWait();
            }
            interrupted.countDown();
        });
        Thread second = new Thread(() -> {
            try {
                interrupted.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        caller.interrupt();
        first.start();
        second.start();
        Threads.join(List.of(first, second));
        assertTrue(Thread.interrupted());
        assertFalse(first.isAlive() || second.isAlive());
    }
}
