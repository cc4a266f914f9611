package io.halftone.onnx.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Float8;
import java.util.Arrays;

/** Codes of 8 bits: rint(w / scale), saturated, or the nearest 8-bit float; the quotient in float32 of values in the compute type. */
final class ToCodes implements Recoding {
    private static final int CHUNK = 1 << 12;
    private static final int PATTERNS = 1 << Short.SIZE;
    /** Added to a float of a small magnitude it leaves no fraction, rounded to even, and the whole number in the lowest bits. */
    private static final float ROUNDING = 0x1.8p23f;
    /** Every value of 16 bits, little-endian. */
    private static final byte[] ALL = new byte[PATTERNS * Short.BYTES];

    private final DType stored;
    private final DType compute;
    private final boolean whole;
    private final float[] scales;
    private final long run;
    private byte[] table;

    static {
        for (int i = 0; i < PATTERNS; i++) {
            ALL[2 * i] = (byte) i;
            ALL[2 * i + 1] = (byte) (i >> Byte.SIZE);
        }
    }

    /**
     * @param type   of the codes: INT8 or FLOAT8_E4M3
     * @param scales one, or one for each channel
     * @param run    elements of a channel that lie one behind the other
     */
    ToCodes(DType stored, DType compute, DType type, float[] scales, long run) {
        this.stored = stored;
        this.compute = compute;
        this.whole = type == DType.INT8;
        this.scales = scales.clone();
        this.run = run;
    }

    @Override
    public DType stored() {
        return stored;
    }

    @Override
    public int group() {
        return 1;
    }

    @Override
    public int groupBytes() {
        return 1;
    }

    @Override
    public void make(Scratch scratch, byte[] bytes, int from, long first, int count, byte[] made, int to) {
        if (scales.length == 1 && stored.bytes() == Short.BYTES) {
            Elements.look(table(scratch), bytes, from, count, made, to);
        } else {
            compute(scratch, bytes, from, first, count, made, to);
        }
    }

    /** The code of each value of 16 bits: there are fewer of these than elements in any weight that takes long. */
    private synchronized byte[] table(Scratch scratch) {
        if (table == null) {
            byte[] codes = new byte[PATTERNS];
            compute(scratch, ALL, 0, 0, PATTERNS, codes, 0);
            table = codes;
        }
        return table;
    }

    private void compute(Scratch scratch, byte[] bytes, int from, long first, int count, byte[] made, int to) {
        float[] values = scratch.values(CHUNK);
        for (int done = 0; done < count; done += CHUNK) {
            int n = Math.min(CHUNK, count - done);
            Elements.decode(bytes, from + done * stored.bytes(), stored, values, n);
            if (stored != compute) {
                Elements.round(values, n, compute);
            }
            int i = 0;
            while (i < n) {
                long index = first + done + i;
                int end = scales.length == 1 ? n : (int) Math.min(n, i + run - index % run);
                encode(values, i, end, scales[(int) (index / run % scales.length)], made, to + done);
                i = end;
            }
        }
    }

    private void encode(float[] values, int from, int to, float scale, byte[] made, int at) {
        if (whole) {
            int8(values, from, to, scale, made, at);
        } else {
            for (int i = from; i < to; i++) {
                made[at + i] = Float8.fromFloat(values[i] / scale);
            }
        }
    }

    /** The whole number nearest to each quotient, ties to even, from -128 to 127; 0 for what is no number. The values are lost. */
    static void int8(float[] values, int from, int to, float scale, byte[] made, int at) {
        for (int i = from; i < to; i++) {
            values[i] = Math.max(Byte.MIN_VALUE, Math.min(Byte.MAX_VALUE, values[i] / scale)) + ROUNDING;
        }
        for (int i = from; i < to; i++) {
            made[at + i] = Float.isNaN(values[i]) ? 0 : (byte) Float.floatToRawIntBits(values[i]);
        }
    }

    @Override
    public String toString() {
        return stored + " in " + compute + " by " + Arrays.toString(scales);
    }
}
