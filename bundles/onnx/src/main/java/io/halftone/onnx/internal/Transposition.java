package io.halftone.onnx.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Exchanges rows and columns of elements of 1, 2 or 4 bytes: in tiles that a core's first cache holds, and in these by squares whose
 * rows are one long each. Source: H. S. Warren, Hacker's Delight, section 7-3, for bits.
 */
final class Transposition {
    /** Rows and columns of a tile. */
    static final int TILE = 64;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long BYTES = 0x00ff00ff00ff00ffL;
    private static final long SHORTS = 0x0000ffff0000ffffL;
    private static final long INTS = 0x00000000ffffffffL;

    private final byte[] source;
    private final int from;
    private final int step;
    private final int width;
    private final byte[] target;
    private final int to;
    private final int stride;

    /**
     * @param from   element (0, 0) in the source
     * @param step   bytes from a row of the source to the next
     * @param width  bytes of an element
     * @param to     element (0, 0) in the target
     * @param stride bytes from a row of the target to the next
     */
    Transposition(byte[] source, int from, int step, int width, byte[] target, int to, int stride) {
        if (width != Byte.BYTES && width != Short.BYTES && width != Integer.BYTES) {
            throw new IllegalArgumentException("elements: found " + width + " bytes; expected 1, 2 or 4");
        }
        this.source = source;
        this.from = from;
        this.step = step;
        this.width = width;
        this.target = target;
        this.to = to;
        this.stride = stride;
    }

    /** Exchanges that many rows and columns of the source. */
    void run(int rows, int columns) {
        int square = Long.BYTES / width;
        int down = rows / square * square, across = columns / square * square;
        for (int top = 0; top < down; top += TILE) {
            for (int left = 0; left < across; left += TILE) {
                tile(top, Math.min(down, top + TILE), left, Math.min(across, left + TILE));
            }
        }
        single(0, rows, across, columns);
        single(down, rows, 0, across);
    }

    private void tile(int top, int bottom, int left, int right) {
        int square = Long.BYTES / width;
        for (int column = left; column < right; column += square) {
            for (int row = top; row < bottom; row += square) {
                int at = from + row * step + column * width, into = to + column * stride + row * width;
                switch (width) {
                    case Byte.BYTES -> bytes(at, into);
                    case Short.BYTES -> shorts(at, into);
                    default -> ints(at, into);
                }
            }
        }
    }

    private void single(int top, int bottom, int left, int right) {
        for (int column = left; column < right; column++) {
            for (int row = top; row < bottom; row++) {
                System.arraycopy(source, from + row * step + column * width, target, to + column * stride + row * width, width);
            }
        }
    }

    private long get(int at) {
        return (long) LONGS.get(source, at);
    }

    private void put(int at, long value) {
        LONGS.set(target, at, value);
    }

    /** Of two rows, the elements in the even places: those of the second behind those of the first. */
    private static long even(long a, long b, long mask, int bits) {
        return a & mask | (b & mask) << bits;
    }

    /** Of two rows, the elements in the odd places. */
    private static long odd(long a, long b, long mask, int bits) {
        return a >>> bits & mask | b & ~mask;
    }

    private void ints(int at, int into) {
        long a = get(at), b = get(at + step);
        put(into, even(a, b, INTS, Integer.SIZE));
        put(into + stride, odd(a, b, INTS, Integer.SIZE));
    }

    private void shorts(int at, int into) {
        long a = get(at), b = get(at + step), c = get(at + 2 * step), d = get(at + 3 * step);
        long ab0 = even(a, b, SHORTS, Short.SIZE), ab1 = odd(a, b, SHORTS, Short.SIZE);
        long cd0 = even(c, d, SHORTS, Short.SIZE), cd1 = odd(c, d, SHORTS, Short.SIZE);
        put(into, even(ab0, cd0, INTS, Integer.SIZE));
        put(into + stride, even(ab1, cd1, INTS, Integer.SIZE));
        put(into + 2 * stride, odd(ab0, cd0, INTS, Integer.SIZE));
        put(into + 3 * stride, odd(ab1, cd1, INTS, Integer.SIZE));
    }

    private void bytes(int at, int into) {
        long a = get(at), b = get(at + step), c = get(at + 2 * step), d = get(at + 3 * step);
        long ab0 = even(a, b, BYTES, Byte.SIZE), ab1 = odd(a, b, BYTES, Byte.SIZE);
        long cd0 = even(c, d, BYTES, Byte.SIZE), cd1 = odd(c, d, BYTES, Byte.SIZE);
        // columns 0 and 4, 1 and 5, 2 and 6, 3 and 7, of the upper rows and then of the lower ones
        long upper0 = even(ab0, cd0, SHORTS, Short.SIZE), upper1 = even(ab1, cd1, SHORTS, Short.SIZE);
        long upper2 = odd(ab0, cd0, SHORTS, Short.SIZE), upper3 = odd(ab1, cd1, SHORTS, Short.SIZE);
        long e = get(at + 4 * step), f = get(at + 5 * step), g = get(at + 6 * step), h = get(at + 7 * step);
        long ef0 = even(e, f, BYTES, Byte.SIZE), ef1 = odd(e, f, BYTES, Byte.SIZE);
        long gh0 = even(g, h, BYTES, Byte.SIZE), gh1 = odd(g, h, BYTES, Byte.SIZE);
        long lower0 = even(ef0, gh0, SHORTS, Short.SIZE), lower1 = even(ef1, gh1, SHORTS, Short.SIZE);
        long lower2 = odd(ef0, gh0, SHORTS, Short.SIZE), lower3 = odd(ef1, gh1, SHORTS, Short.SIZE);
        put(into, even(upper0, lower0, INTS, Integer.SIZE));
        put(into + stride, even(upper1, lower1, INTS, Integer.SIZE));
        put(into + 2 * stride, even(upper2, lower2, INTS, Integer.SIZE));
        put(into + 3 * stride, even(upper3, lower3, INTS, Integer.SIZE));
        put(into + 4 * stride, odd(upper0, lower0, INTS, Integer.SIZE));
        put(into + 5 * stride, odd(upper1, lower1, INTS, Integer.SIZE));
        put(into + 6 * stride, odd(upper2, lower2, INTS, Integer.SIZE));
        put(into + 7 * stride, odd(upper3, lower3, INTS, Integer.SIZE));
    }
}
