package io.halftone.onnx.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Makes tensors and writes them, one behind the other, in slabs: all cores make the pieces of one while those before it are digested
 * and written, front to back. No more slabs than a few are in memory. What comes out depends on neither their size nor the cores. For
 * use by one thread.
 */
final class Assembly implements AutoCloseable {
    /** One that is made, one that is digested and written, and one between. */
    private static final int SLABS = 3;
    /** What is written between two calls that have it brought to the disk, so that little is left to do at the end. */
    private static final long WRITE_BACK = 256L << 20;
    private static final int MEBIBYTE = 1 << 20;
    /** The slabs' part of the heap. */
    private static final int HEAP_SHARE = 16;

    private final FileChannel file;
    private final int capacity;
    private final ExecutorService makers;
    private final ExecutorService movers;
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);
    private final MessageDigest digest = sha256();
    private final Deque<Slab> flying = new ArrayDeque<>();
    private Slab slab;
    private int arrays;
    private long position;
    private CompletableFuture<Void> digested = CompletableFuture.completedFuture(null);
    private CompletableFuture<Void> written = digested;
    private volatile CompletableFuture<Void> writtenBack = digested;
    private long unforced;
    private volatile boolean stopped;

    /**
     * How much it may use.
     *
     * @param slab    bytes of one; more where a row of a tensor has more
     * @param threads that make tensors
     */
    record Bounds(int slab, int threads) {
        private static final int LEAST = 4 * MEBIBYTE;
        private static final int MOST = 64 * MEBIBYTE;
        private static final int MOST_THREADS = 16;

        /** All cores, up to what any disk has work for, and slabs that are a small part of the heap. */
        static Bounds usual() {
            Runtime runtime = Runtime.getRuntime();
            return new Bounds((int) Math.max(LEAST, Math.min(MOST, runtime.maxMemory() / HEAP_SHARE)), Math.min(MOST_THREADS, runtime.availableProcessors()));
        }
    }

    /** Something that a slab goes through. */
    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    /**
     * @param length of the whole file
     * @param grain  the largest of its tensors
     */
    Assembly(FileChannel file, long length, int grain, Bounds bounds) {
        this.file = file;
        this.capacity = (int) Math.min(Math.max(bounds.slab(), Math.max(grain, ExternalData.ALIGNMENT)), length);
        String name = Thread.currentThread().getName() + "-export";
        this.makers = Executors.newFixedThreadPool(bounds.threads(), work -> daemon(work, name));
        this.movers = Executors.newCachedThreadPool(work -> daemon(work, name));
    }

    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256: found no such digest; expected the one that every Java has", e);
        }
    }

    /**
     * Makes and writes tensors in the order of their places, and drops each.
     *
     * @return SHA-256 of the whole file, in hexadecimal digits
     * @throws UncheckedIOException if they cannot be written
     * @throws ClosedByInterruptException if the thread is interrupted
     */
    String write(Queue<ExternalData.Entry> entries) throws IOException {
        for (ExternalData.Entry entry = entries.poll(); entry != null; entry = entries.poll()) {
            skip((int) (entry.offset() - position));
            put(entry.content());
        }
        launch();
        while (!flying.isEmpty()) {
            land();
        }
        await(writtenBack, failure -> failure);
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Puts zeros between two tensors. */
    private void skip(int gap) throws IOException {
        if (gap > capacity - filled()) {
            launch();
        }
        if (gap > 0) {
            Slab current = slab();
            Arrays.fill(current.bytes(), current.length(), current.length() + gap, (byte) 0);
            current.take(gap);
            position += gap;
        }
    }

    private void put(Content tensor) throws IOException {
        Content.Making making = tensor.open();
        long from = 0;
        while (from < tensor.length()) {
            int count = fitting(tensor, from);
            if (count == 0) {
                launch();
                continue;
            }
            Slab current = slab();
            for (Content.Piece piece : making.pieces(from, from + count, current.bytes(), current.length())) {
                current.add(CompletableFuture.runAsync(() -> make(piece), makers));
            }
            current.take(count);
            position += count;
            from += count;
        }
    }

    private void make(Content.Piece piece) {
        if (!stopped) {
            piece.make(scratch.get());
        }
    }

    /** How much of a tensor, from there on, goes into what is left of the slab; something does if it is empty. */
    private int fitting(Content tensor, long from) {
        long rest = tensor.length() - from;
        int room = capacity - filled();
        if (rest <= room) {
            return (int) rest;
        }
        int most = room / tensor.grain();
        if (!tensor.isKeptTogether()) {
            return most * tensor.grain();
        } else if (filled() > 0) {
            return 0;
        }
        long parts = (rest + capacity - 1) / capacity;
        long grains = rest / tensor.grain();
        return (int) Math.min(most, (grains + parts - 1) / parts) * tensor.grain();
    }

    private int filled() {
        return slab == null ? 0 : slab.length();
    }

    private Slab slab() throws IOException {
        if (slab == null) {
            slab = new Slab(array(), position);
        }
        return slab;
    }

    private byte[] array() throws IOException {
        // a slab that is done gives its array before another one is made
        boolean another = arrays < SLABS && (flying.isEmpty() || !flying.element().done().isDone());
        if (!another) {
            return land();
        }
        arrays++;
        return new byte[capacity];
    }

    /** Sends the slab on its way. */
    private void launch() {
        if (slab == null) {
            return;
        }
        Slab launched = slab;
        slab = null;
        CompletableFuture<Void> made = launched.made();
        digested = then(digested, made, () -> launched.digest(digest));
        written = then(written, made, () -> write(launched));
        launched.doneWhen(CompletableFuture.allOf(digested, written));
        flying.add(launched);
    }

    private CompletableFuture<Void> then(CompletableFuture<Void> before, CompletableFuture<Void> made, Step step) {
        return before.thenCombineAsync(made, (nothing, none) -> {
            if (!stopped) {
                try {
                    step.run();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
            return null;
        }, movers);
    }

    private void write(Slab full) throws IOException {
        for (int at = 0; at < full.length(); at += MEBIBYTE) {
            ByteBuffer bytes = ByteBuffer.wrap(full.bytes(), at, Math.min(MEBIBYTE, full.length() - at));
            while (bytes.hasRemaining()) {
                file.write(bytes, full.offset() + bytes.position());
            }
        }
        unforced += full.length();
        if (unforced >= WRITE_BACK && writtenBack.isDone()) {
            unforced = 0;
            writtenBack = then(writtenBack, CompletableFuture.completedFuture(null), () -> file.force(false));
        }
    }

    /** Waits for the slab that has been under way longest; its array. */
    private byte[] land() throws IOException {
        Slab landed = flying.remove();
        await(landed.done(), landed::failure);
        return landed.bytes();
    }

    private static void await(CompletableFuture<Void> end, UnaryOperator<Throwable> first) throws IOException {
        try {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            end.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClosedByInterruptException();
        } catch (ExecutionException e) {
            Throwable failure = first.apply(e.getCause());
            if (failure instanceof CompletionException && failure.getCause() != null) {
                failure = failure.getCause();
            }
            if (failure instanceof Error error) {
                throw error;
            }
            throw failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure);
        }
    }

    /** Waits until no thread is left. */
    @Override
    public void close() {
        stopped = true;
        end(makers);
        end(movers);
    }

    private static void end(ExecutorService threads) {
        threads.shutdown();
        boolean interrupted = false;
        for (boolean ended = false; !ended;) {
            try {
                ended = threads.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
