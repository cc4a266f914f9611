package io.halftone.quant;

import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import java.util.Arrays;

/**
 * The largest magnitude a site takes: one for the tensor, or one for each channel.
 *
 * @param amax in the units of the observed value; length 1, or the extent of {@code axis}
 * @param axis the channel axis, counted from 0; 0 when there is one amax
 */
public record Range(float[] amax, int axis) {
    private static final float GREATEST_FLOAT16 = 65504;
    /** Halfway to it and below, numbers round to 0. */
    private static final float LEAST_FLOAT16 = 0x1p-24f;
    private static final float LEAST_BFLOAT16 = 0x1p-133f;

    public Range {
        amax = amax.clone();
        if (amax.length == 0 || axis < 0) {
            throw new IllegalArgumentException("range: found " + amax.length + " amax on axis " + axis + "; expected at least one, axis >= 0");
        }
        for (float a : amax) {
            if (!(a >= 0) || Float.isInfinite(a)) {   // NaN fails the first test
                throw new IllegalArgumentException("amax: found " + a + "; expected finite and >= 0");
            }
        }
    }

    /** One amax for the whole tensor. */
    public static Range of(float amax) {
        return new Range(new float[] {amax}, 0);
    }

    /** Whether there is one amax for the whole tensor. */
    public boolean isPerTensor() {
        return amax.length == 1;
    }

    @Override
    public float[] amax() {
        return amax.clone();
    }

    /** The largest amax. */
    public float max() {
        float max = 0;
        for (float a : amax) {
            max = Math.max(max, a);
        }
        return max;
    }

    /** amax / bound in float32, and 1 where that is 0, so that a channel of zeros stays one. */
    public float[] scales(float bound) {
        float[] scales = new float[amax.length];
        for (int i = 0; i < scales.length; i++) {
            float scale = amax[i] / bound;
            scales[i] = scale == 0 ? 1 : scale;
        }
        return scales;
    }

    /**
     * {@link #scales(float)} for values of a type: none becomes 0 when the type rounds it, so that nothing is divided by 0, and
     * the product of each with the bound is finite there.
     *
     * @param type FLOAT32, FLOAT16 or BFLOAT16
     */
    public float[] scales(float bound, DType type) {
        float[] scales = scales(bound);
        for (int i = 0; i < scales.length; i++) {
            boolean vanishes = type == DType.FLOAT16 ? scales[i] <= LEAST_FLOAT16 / 2 : type == DType.BFLOAT16 && scales[i] <= LEAST_BFLOAT16 / 2;
            scales[i] = vanishes ? 1 : type == DType.FLOAT16 ? Math.min(scales[i], greatestFloat16(bound)) : scales[i];
        }
        return scales;
    }

    /** The greatest float16 whose product with the bound is not above the greatest of them. */
    private static float greatestFloat16(float bound) {
        float quotient = GREATEST_FLOAT16 / bound;
        short nearest = Float16.fromFloat(quotient);
        return Float16.toFloat(Float16.toFloat(nearest) > quotient ? (short) (nearest - 1) : nearest);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Range range && axis == range.axis && Arrays.equals(amax, range.amax);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(amax) + axis;
    }

    @Override
    public String toString() {
        return isPerTensor() ? "amax " + amax[0] : amax.length + " amax on axis " + axis + ", at most " + max();
    }
}
