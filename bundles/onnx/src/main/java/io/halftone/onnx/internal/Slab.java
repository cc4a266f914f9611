package io.halftone.onnx.internal;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Consecutive bytes of a file while they are made. Filled by the thread that plans, before anything waits for it. */
final class Slab {
    private static final int UPDATE = 1 << 14;

    private final byte[] bytes;
    private final long offset;
    private final List<CompletableFuture<Void>> pieces = new ArrayList<>();
    private int length;
    private CompletableFuture<Void> done;

    /**
     * @param bytes  it goes into; may be longer
     * @param offset of its first byte in the file
     */
    Slab(byte[] bytes, long offset) {
        this.bytes = bytes;
        this.offset = offset;
    }

    byte[] bytes() {
        return bytes;
    }

    long offset() {
        return offset;
    }

    int length() {
        return length;
    }

    /** Takes bytes that belong to a tensor, or lie between two. */
    void take(int count) {
        length += count;
    }

    void add(CompletableFuture<Void> piece) {
        pieces.add(piece);
    }

    /** When all pieces are made. */
    CompletableFuture<Void> made() {
        return CompletableFuture.allOf(pieces.toArray(CompletableFuture[]::new));
    }

    /** Digests it, in many calls: the virtual machine replaces a digest's loop by the processor's instructions where it is called often. */
    void digest(MessageDigest digest) {
        for (int at = 0; at < length; at += UPDATE) {
            digest.update(bytes, at, Math.min(UPDATE, length - at));
        }
    }

    void doneWhen(CompletableFuture<Void> digestedAndWritten) {
        done = digestedAndWritten;
    }

    /** When the array is free again. */
    CompletableFuture<Void> done() {
        return done;
    }

    /** The first piece, in order, that failed; otherwise what came later. */
    Throwable failure(Throwable later) {
        for (CompletableFuture<Void> piece : pieces) {
            if (piece.isCompletedExceptionally()) {
                return piece.handle((nothing, failure) -> failure).join();
            }
        }
        return later;
    }
}
