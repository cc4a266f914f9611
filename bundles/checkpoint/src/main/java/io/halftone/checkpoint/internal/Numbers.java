package io.halftone.checkpoint.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import java.nio.ByteBuffer;

/** Numbers of few bits, as libtorch rounds them. */
final class Numbers {
    /** The largest finite 8-bit float of 4 exponent bits. */
    static final float E4M3_MAX = 448;
    private static final float[] E2M1 = {0, 0.5f, 1, 1.5f, 2, 3, 4, 6};
    private static final float[] E4M3 = new float[256];
    private static final float[] HALVES = new float[1 << 16];
    private static final int SIGN = 0x80;
    private static final int E4M3_NAN = 0x7f;
    /** Of a value's 23 bits of mantissa the 8-bit float keeps 3. */
    private static final int DROPPED = 20;
    private static final int DOUBLE_MANTISSA = 52;
    /** Of the exponents of scales that are powers of two. */
    static final int E8M0_BIAS = 127;
    private static final float LEAST_NORMAL = 0x1p-6f;

    static {
        for (int i = 0; i < HALVES.length; i++) {
            HALVES[i] = Float16.toFloat((short) i);
        }
        for (int i = 0; i < E4M3.length; i++) {
            int exponent = i >> 3 & 0xf, mantissa = i & 7;
            float magnitude = exponent == 0 ? mantissa * 0x1p-9f : Math.scalb(8 + mantissa, exponent - 10);
            float value = (i & E4M3_NAN) == E4M3_NAN ? Float.NaN : magnitude;
            E4M3[i] = (i & SIGN) == 0 ? value : -value;
        }
    }

    private Numbers() {}

    /** The value as a compute type holds it; unchanged for other types. */
    static float round(float value, DType type) {
        return switch (type) {
            case FLOAT16 -> Float16.toFloat(Float16.fromFloat(value));
            case BFLOAT16 -> Float.intBitsToFloat(Float16.bfloat16(value) << 16);
            default -> value;
        };
    }

    /** Whether the type is one that {@link #get} reads. */
    static boolean isFloat(DType type) {
        return type.isCompute() || type == DType.FLOAT64;
    }

    /** Element i of a tensor of floats, widened or, from float64, rounded. */
    static float get(ByteBuffer bytes, DType type, int i) {
        return switch (type) {
            case FLOAT32 -> bytes.getFloat(4 * i);
            case FLOAT16 -> HALVES[bytes.getShort(2 * i) & 0xffff];
            case BFLOAT16 -> Float.intBitsToFloat(bytes.getShort(2 * i) << 16);
            case FLOAT64 -> (float) bytes.getDouble(8 * i);
            default -> throw new IllegalArgumentException("element: found " + type + "; expected a type of floats");
        };
    }

    /** Sets element i of a tensor of a compute type to a value, rounded to it. */
    static void put(ByteBuffer bytes, DType type, int i, float value) {
        switch (type) {
            case FLOAT32 -> bytes.putFloat(4 * i, value);
            case FLOAT16 -> bytes.putShort(2 * i, Float16.fromFloat(value));
            case BFLOAT16 -> bytes.putShort(2 * i, Float16.bfloat16(value));
            default -> throw new IllegalArgumentException("element: found " + type + "; expected FLOAT32, FLOAT16 or BFLOAT16");
        }
    }

    /** The nearest whole number, ties to even, from -128 to 127. */
    static byte int8(float value) {
        return (byte) Math.max(-128, Math.min(127, Math.rint(value)));
    }

    /** The nearest 8-bit float, ties to even; magnitudes beyond 448 become it. */
    static byte e4m3(float value) {
        int sign = Float.floatToRawIntBits(value) >>> 24 & SIGN;
        float magnitude = Math.min(Math.abs(value), E4M3_MAX);
        if (magnitude < LEAST_NORMAL) {
            return (byte) (sign | (int) Math.rint(magnitude * 0x1p9f));
        }
        int bits = Float.floatToRawIntBits(magnitude);
        int rounded = bits + (1 << DROPPED - 1) - 1 + (bits >>> DROPPED & 1);
        return (byte) (sign | (rounded >>> DROPPED) - (127 - 7 << 3));
    }

    static float e4m3(byte code) {
        return E4M3[code & 0xff];
    }

    /** The nearest 4-bit float, ties to even codes; magnitudes beyond 6 become it. Bit 3 is set below 0. */
    static int e2m1(float value) {
        float m = Math.abs(value);
        // how many of the seven midpoints lie below; one that is met goes to the even code
        int code = (m > 0.25f ? 1 : 0) + (m >= 0.75f ? 1 : 0) + (m > 1.25f ? 1 : 0) + (m >= 1.75f ? 1 : 0) + (m > 2.5f ? 1 : 0)
            + (m >= 3.5f ? 1 : 0) + (m > 5 ? 1 : 0);
        return value < 0 ? code | 8 : code;
    }

    static float e2m1(int code) {
        float magnitude = E2M1[code & 7];
        return (code & 8) == 0 ? magnitude : -magnitude;
    }

    /** The least e from -127 to 127 with amax at most max * 2^e; -127 for 0. */
    static int powerOfTwo(float amax, float max) {
        double quotient = (double) amax / max;   // of 24 bits by few: no power of two unless exactly so
        if (quotient == 0) {
            return -E8M0_BIAS;
        }
        boolean exact = (Double.doubleToRawLongBits(quotient) & (1L << DOUBLE_MANTISSA) - 1) == 0;
        return Math.max(-E8M0_BIAS, Math.min(E8M0_BIAS, Math.getExponent(quotient) + (exact ? 0 : 1)));
    }
}
