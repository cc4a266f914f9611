package io.halftone.lora;

import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import java.nio.ByteBuffer;

/** Elements of the types that models are stored in, as float64 and back, rounded once, ties to even. */
final class Rounding {
    /** Significant bits after the first, and the exponent of the smallest normal number. */
    private static final int FLOAT16_BITS = 10, FLOAT16_MIN = -14;
    private static final int BFLOAT16_BITS = 7, BFLOAT16_MIN = -126;

    private Rounding() {}

    /** The element at that byte. */
    static double get(DType dtype, ByteBuffer bytes, int at) {
        return switch (dtype) {
            case FLOAT32 -> bytes.getFloat(at);
            case FLOAT16 -> Float16.toFloat(bytes.getShort(at));
            case BFLOAT16 -> Float16.ofBfloat16(bytes.getShort(at));
            default -> throw new IllegalArgumentException("dtype: found " + dtype + "; expected FLOAT32, FLOAT16 or BFLOAT16");
        };
    }

    /** Puts the nearest element at that byte; false if none is finite. */
    static boolean put(DType dtype, ByteBuffer bytes, int at, double value) {
        float nearest = nearest(dtype, value);
        switch (dtype) {
            case FLOAT32 -> bytes.putFloat(at, nearest);
            case FLOAT16 -> bytes.putShort(at, Float16.fromFloat(nearest));
            default -> bytes.putShort(at, (short) (Float.floatToRawIntBits(nearest) >>> 16));
        }
        return Float.isFinite(nearest);
    }

    /** The nearest value of the type, or an infinity; by way of float32 it would be rounded twice. */
    static float nearest(DType dtype, double value) {
        return switch (dtype) {
            case FLOAT32 -> (float) value;
            case FLOAT16 -> {
                float nearest = onGrid(value, FLOAT16_BITS, FLOAT16_MIN);
                yield Math.abs(nearest) > 65504 ? Math.copySign(Float.POSITIVE_INFINITY, nearest) : nearest;
            }
            case BFLOAT16 -> onGrid(value, BFLOAT16_BITS, BFLOAT16_MIN);
            default -> throw new IllegalArgumentException("dtype: found " + dtype + "; expected FLOAT32, FLOAT16 or BFLOAT16");
        };
    }

    /** The nearest multiple of the unit in the last place; both steps with that power of two are exact. */
    private static float onGrid(double value, int bits, int minExponent) {
        int last = Math.max(Math.getExponent(value), minExponent) - bits;
        return (float) (Math.rint(value * power(-last)) * power(last));
    }

    /** 2 to that power, which is a normal float64. */
    private static double power(int exponent) {
        return Double.longBitsToDouble((long) (exponent + Double.MAX_EXPONENT) << 52);
    }
}
