package io.halftone.format.fp8.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import io.halftone.ops.Float8;

/** The scales of ranges, as the type of the value holds them. */
final class Scales {
    private static final double BOUND = Float8.MAX;
    /** bfloat16, the coarsest type, has 128 numbers between two powers of two: these make a scale 6 % greater at most. */
    private static final int NEIGHBOURS = 8;

    private Scales() {}

    /**
     * The least scale of the type that leaves amax within 448, so that nothing in the range saturates: rounded once, and up. 1
     * where amax is 0. Where 448 times that scale would be infinite in the type it is the greatest one whose product is not.
     */
    static float of(float amax, DType type) {
        if (amax == 0) {
            return 1;
        }
        float scale = Float16.rounded((float) (amax / BOUND), type);
        while (scale * BOUND < amax) {       // exact: the product has 27 bits at most
            scale = next(scale, 1, type);
        }
        while (Float.isInfinite(Float16.rounded((float) (scale * BOUND), type))) {
            scale = next(scale, -1, type);
        }
        return scale;
    }

    /**
     * Scales to round a value with, and to read it back with times a factor. Where no two of the type have that quotient the first may be a little
     * greater than it must be: the factor is what every element is off by.
     *
     * @param amax   of the value times the factor
     * @param factor greater than 0
     */
    static float[] of(float amax, double factor, DType type) {
        float[] best = {};
        double least = Double.POSITIVE_INFINITY;
        float narrow = of((float) (amax / factor), type);
        for (int i = 0; i < NEIGHBOURS && least > 0; i++) {
            float wide = Float16.rounded((float) (narrow * factor), type);
            double off = Math.abs(wide / (narrow * factor) - 1);
            if (off < least && wide > 0 && !Float.isInfinite(Float16.rounded((float) (narrow * BOUND), type))) {
                least = off;
                best = new float[] {narrow, wide};
            }
            narrow = next(narrow, 1, type);
        }
        return best.length > 0 ? best : new float[] {of(amax, type), of(amax, type)};
    }

    /** The neighbour of a value of the type that is 0 or more: patterns of such values are in order. */
    private static float next(float value, int step, DType type) {
        return switch (type) {
            case FLOAT16 -> Float16.toFloat((short) (Float16.fromFloat(value) + step));
            case BFLOAT16 -> Float16.ofBfloat16((short) (Float16.bfloat16(value) + step));
            default -> Float.intBitsToFloat(Float.floatToRawIntBits(value) + step);
        };
    }
}
