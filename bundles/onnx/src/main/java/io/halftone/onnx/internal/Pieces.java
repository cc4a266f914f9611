package io.halftone.onnx.internal;

import java.util.stream.IntStream;

/** Work on the elements of a tensor, whose pieces are done by all cores. What comes out does not depend on how many there are. */
final class Pieces {
    private static final int ELEMENTS = 1 << 16;

    /** What is done to the elements from one before another. */
    @FunctionalInterface
    interface Body {
        void accept(int from, int to);
    }

    private Pieces() {}

    /** Does it to all of that many elements, each once, in no order. */
    static void each(int count, Body body) {
        IntStream.range(0, (int) ((count + ELEMENTS - 1L) / ELEMENTS)).parallel()
            .forEach(piece -> body.accept(piece * ELEMENTS, (int) Math.min(count, (piece + 1L) * ELEMENTS)));
    }
}
