package io.halftone.onnx.internal;

import io.halftone.ops.Parameters;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A parameter's elements in their own order.
 *
 * @param count of elements
 */
record Straight(Parameters parameters, String parameter, Recoding recoding, long count) implements Content {
    @Override
    public long length() {
        return recoding.bytes(count);
    }

    @Override
    public int grain() {
        return recoding.groupBytes();
    }

    @Override
    public boolean isKeptTogether() {
        return false;
    }

    @Override
    public Making open() {
        Parameters.Window window = parameters.window(parameter);
        int groups = Math.max(1, PIECE / Math.max(grain(), recoding.group() * recoding.stored().bytes()));
        int step = groups * grain();
        return (from, to, target, at) -> {
            List<Piece> pieces = new ArrayList<>();
            for (long start = from; start < to; start += step) {
                long first = start / grain() * recoding.group();
                long end = start + step < to ? first + (long) groups * recoding.group() : elements(to);
                int place = at + (int) (start - from);
                pieces.add(scratch -> make(window, scratch, first, (int) (end - first), target, place));
            }
            return pieces;
        };
    }

    /** How many elements make the bytes before one. */
    private long elements(long bytes) {
        return bytes == length() ? count : bytes / grain() * recoding.group();
    }

    private void make(Parameters.Window window, Scratch scratch, long first, int elements, byte[] target, int at) {
        int width = recoding.stored().bytes();
        if (recoding.isIdentity()) {
            window.read(first * width, ByteBuffer.wrap(target, at, elements * width));
            return;
        }
        ByteBuffer stored = scratch.stored(elements * width);
        window.read(first * width, stored);
        recoding.make(scratch, stored.array(), 0, first, elements, target, at);
    }
}
