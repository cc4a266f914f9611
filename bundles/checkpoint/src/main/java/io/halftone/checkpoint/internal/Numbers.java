package io.halftone.checkpoint.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import java.nio.ByteBuffer;

/** Elements of tensors as numbers, and whole numbers as libtorch rounds to them. */
final class Numbers {
    private static final float[] HALVES = new float[1 << 16];

    static {
        for (int i = 0; i < HALVES.length; i++) {
            HALVES[i] = Float16.toFloat((short) i);
        }
    }

    private Numbers() {}

    /** Whether the type is one that {@link #get} reads. */
    static boolean isFloat(DType type) {
        return type.isCompute() || type == DType.FLOAT64;
    }

    /** Element i of a tensor of floats, widened or, from float64, rounded. */
    static float get(ByteBuffer bytes, DType type, int i) {
        return switch (type) {
            case FLOAT32 -> bytes.getFloat(4 * i);
            case FLOAT16 -> HALVES[bytes.getShort(2 * i) & 0xffff];
            case BFLOAT16 -> Float16.ofBfloat16(bytes.getShort(2 * i));
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
}
