package io.halftone.cluster.internal;

import java.util.List;

/** Threads that belong together. */
final class Threads {
    private Threads() {}

    /** Waits until all have ended, whoever interrupts the wait: the caller learns of it then. */
    static void join(List<? extends Thread> threads) {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
