package io.halftone.synthesis;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that draw numbers ahead of the one that writes them. Memory is bounded: a few megabytes for each thread. For use by the
 * thread that writes.
 */
final class Drawing implements AutoCloseable {
    private static final int CHUNK_BYTES = 4 << 20;
    /** Chunks that wait to be written while every thread draws another. */
    private static final int WAITING = 2;

    /**
     * A tensor to draw.
     *
     * @param bytes that it takes
     */
    record Drawn(RandomTensor tensor, long bytes) {}

    /** A part of a tensor; it starts and ends between elements. */
    private record Chunk(RandomTensor tensor, long begin, int bytes) {}

    private final ExecutorService threads;
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private final Deque<Future<ByteBuffer>> drawn = new ArrayDeque<>();
    private Iterator<Drawn> ahead = List.<Drawn>of().iterator();
    private Drawn current;
    private long at;

    /** So many threads. */
    Drawing(int count) {
        AtomicInteger number = new AtomicInteger();
        threads = Executors.newFixedThreadPool(count, work -> {
            Thread thread = new Thread(work, "halftone-synthesis-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        for (int i = 0; i < count + WAITING; i++) {
            free.add(ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    /** Begins to draw tensors, which are then {@linkplain #write written} in this order. */
    void start(List<Drawn> tensors) {
        if (!drawn.isEmpty() || current != null || ahead.hasNext()) {
            throw new IllegalStateException("drawing: found tensors not written yet; expected all of them written");
        }
        ahead = tensors.iterator();
        submit();
    }

    /** Writes the next tensor. */
    void write(Drawn next, WritableByteChannel target) throws IOException {
        long left = next.bytes();
        while (left > 0) {
            ByteBuffer chunk = take();
            left -= chunk.remaining();
            while (chunk.hasRemaining()) {
                target.write(chunk);
            }
            free.add(chunk);
            submit();
        }
    }

    private ByteBuffer take() throws IOException {
        try {
            return drawn.remove().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("drawing: found an interrupt; expected to be let finish").initCause(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("drawing: found " + e.getCause() + "; expected numbers", e);
        }
    }

    /** Hands every free buffer to the threads, as long as there is something to draw. */
    private void submit() {
        while (!free.isEmpty()) {
            Chunk chunk = next();
            if (chunk == null) {
                return;
            }
            ByteBuffer buffer = free.remove().clear().limit(chunk.bytes());
            drawn.add(threads.submit(() -> {
                chunk.tensor().fill(chunk.begin(), buffer);
                return buffer.flip();
            }));
        }
    }

    /** The next part to draw; null where there is none. */
    private Chunk next() {
        while (current == null || at == current.bytes()) {
            if (!ahead.hasNext()) {
                current = null;
                return null;
            }
            current = ahead.next();
            at = 0;
        }
        int bytes = (int) Math.min(CHUNK_BYTES, current.bytes() - at);
        Chunk chunk = new Chunk(current.tensor(), at / current.tensor().type().bytes(), bytes);
        at += bytes;
        return chunk;
    }

    /** Ends the threads; what they draw is lost. */
    @Override
    public void close() {
        threads.shutdownNow();
        try {
            // a chunk takes milliseconds
            threads.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
