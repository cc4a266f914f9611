package io.halftone.core.internal.distribute;

import io.halftone.files.Staging;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Semaphore;

/**
 * Results between their arrival and the place where they are merged or written, each unit once. Few are taken at a time. Those that wait do so in
 * memory up to a bound, with the thread that brought them; beyond it they wait in files, and whoever brought them goes on. The files are in a hidden
 * folder beside the job's outputs, which goes when this is closed; what a killed process left is removed by the next writer there. For several threads.
 */
public final class Intake implements AutoCloseable {
    /** Bytes of results in memory at least: as much as any of a few hundred kilobytes come to. */
    private static final long LEAST = 64L << 20;
    private static final int PART_OF_HEAP = 8;

    private final Path folder;
    private final long bound;
    private final Taker taker;
    private final Semaphore turns;
    private final int atATime;
    private final Set<Integer> units = new HashSet<>();
    private final Deque<Integer> waiting = new ArrayDeque<>();
    private Staging files;
    private long held;
    private int threads;
    private Throwable failure;

    /** Where results go. */
    public interface Taker {
        /**
         * Looks at a result that is to wait, without making anything of it.
         *
         * @throws IllegalArgumentException if it is no result of that unit
         */
        void check(int unit, byte[] result);

        /**
         * Merges or writes a result.
         *
         * @throws IllegalArgumentException if it is no result of that unit
         */
        void take(int unit, byte[] result) throws IOException;
    }

    /**
     * Nothing yet.
     *
     * @param folder  where results may wait; is there by the first result
     * @param bound   bytes of results in memory, or else one result
     * @param atATime results that are taken at a time
     */
    public Intake(Path folder, long bound, int atATime, Taker taker) {
        this.folder = folder;
        this.bound = bound;
        this.atATime = atATime;
        this.taker = taker;
        this.turns = new Semaphore(atATime, true);
    }

    /** The bound where nobody says another: an eighth of the heap, 64 MiB at least. */
    public static long usualBound() {
        return Math.max(LEAST, Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
    }

    /**
     * Takes a result, or keeps it until it is taken.
     *
     * @return whether it is the first of its unit; another one is left aside
     * @throws IllegalArgumentException if it is no result of that unit
     */
    public boolean add(int unit, byte[] result) throws IOException {
        boolean waits;
        synchronized (this) {
            check();
            if (!units.add(unit)) {
                return false;
            }
            waits = held > 0 && held + result.length > bound;
            held += waits ? 0 : result.length;
        }
        boolean kept = false;
        try {
            if (waits) {
                keep(unit, result);
            } else {
                take(unit, result);
            }
            kept = true;
        } finally {
            synchronized (this) {
                held -= waits ? 0 : result.length;
                if (!kept) {
                    units.remove(unit);
                }
            }
        }
        return true;
    }

    private void take(int unit, byte[] result) throws IOException {
        turns.acquireUninterruptibly();
        try {
            taker.take(unit, result);
        } finally {
            turns.release();
        }
    }

    private void keep(int unit, byte[] result) throws IOException {
        taker.check(unit, result);
        Files.write(file(unit), result);
        synchronized (this) {
            waiting.add(unit);
            if (threads < atATime) {
                threads++;
                new Thread(this::takeWaiting, "halftone-results-" + threads).start();
            }
        }
    }

    private synchronized Path file(int unit) throws IOException {
        if (files == null) {
            files = Staging.in(folder);
        }
        return files.file("unit-" + unit);
    }

    private void takeWaiting() {
        for (;;) {
            int unit;
            synchronized (this) {
                if (failure != null || waiting.isEmpty()) {
                    threads--;
                    notifyAll();
                    return;
                }
                unit = waiting.remove();
            }
            try {
                takeFile(unit);
            } catch (Throwable e) {
                synchronized (this) {
                    failure = failure == null ? e : failure;
                }
            }
        }
    }

    private void takeFile(int unit) throws IOException {
        Path file = file(unit);
        turns.acquireUninterruptibly();   // before it is in memory
        try {
            taker.take(unit, Files.readAllBytes(file));
        } finally {
            turns.release();
        }
        Files.delete(file);
    }

    /** Throws what a result that waited failed with, if one did. */
    public synchronized void check() {
        if (failure instanceof IOException io) {
            throw new UncheckedIOException(io.getMessage(), io);
        }
        rethrow();
    }

    private void rethrow() {
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        } else if (failure instanceof Error error) {
            throw error;
        }
    }

    /** Bytes of results that came and are in memory. */
    synchronized long held() {
        return held;
    }

    /** Results that wait in files. */
    synchronized int waiting() {
        return waiting.size();
    }

    /**
     * Waits until all that came is taken.
     *
     * @throws CancellationException if the thread is interrupted
     */
    public synchronized void finish() throws IOException {
        while (threads > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
        if (failure instanceof IOException io) {
            throw io;
        }
        rethrow();
    }

    /** Waits until all that came is taken, unless taking one failed, and removes the files. */
    @Override
    public void close() throws IOException {
        boolean interrupted = false;
        synchronized (this) {
            while (threads > 0) {
                try {
                    wait();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (files != null) {
            files.close();
        }
    }
}
