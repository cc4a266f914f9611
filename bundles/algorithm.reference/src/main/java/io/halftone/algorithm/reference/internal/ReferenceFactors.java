package io.halftone.algorithm.reference.internal;

import io.halftone.algorithm.smoothquant.Smoothing;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Float16;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.LayerRun;

/**
 * Smoothing factors as the reference computes them: to the bit, but for the last bit of the input's float32 power, in which
 * libraries of mathematics differ. The weight's power is taken in the compute type, the exponent too; the weight is multiplied
 * with the reciprocal of the float32 factor, the input with the factor in the compute type; a channel without input gets the
 * largest factor there is.
 * Source: NVIDIA Model Optimizer 0.23, modelopt/torch/quantization/model_calib.py, smoothquant.
 *
 * @param factors in float32, one for each input channel
 */
record ReferenceFactors(float[] factors) implements LayerRun.WeightChange {
    private static final float LEAST = 1e-4f;
    private static final float GREATEST = 1e4f;
    /** The reference means to spare channels of such factors, and stops with an index error where it does. */
    private static final float STOPS = 0x1p-31f;

    /**
     * w^(1 - alpha) / a^alpha, from 1e-4 to 1e4.
     *
     * @param site the input's name, for messages
     * @param a    largest magnitude of each input channel
     * @param w    largest magnitude of each column of the weight
     * @throws CalibrationException where the reference stops: a column of the weight is zeros and alpha is below 1
     */
    static ReferenceFactors of(String site, float[] a, float[] w, double alpha, DType type) {
        float[] factors = new float[a.length];
        float exponent = Float16.rounded((float) (1 - alpha), type);
        for (int j = 0; j < a.length; j++) {
            float power = Float16.rounded((float) Math.pow(w[j], exponent), type);
            float factor = power / (float) Math.pow(a[j], (float) alpha);
            if (!(factor > STOPS)) {   // NaN too
                throw new CalibrationException(site + ": found factor " + factor + " in channel " + j + ", where the input is at most "
                    + a[j] + " and the weight " + w[j] + "; expected over 2^-31, where the reference goes on, or algorithm smoothquant");
            }
            factors[j] = Math.min(GREATEST, Math.max(LEAST, factor));
        }
        return new ReferenceFactors(factors);
    }

    /** The factors that the input is multiplied with. */
    float[] held(DType type) {
        float[] held = new float[factors.length];
        for (int j = 0; j < held.length; j++) {
            held[j] = Float16.rounded(factors[j], type);
        }
        return held;
    }

    /** The largest magnitude of the input behind its factors, in float32. */
    float largest(float[] a) {
        float largest = 0;
        for (int j = 0; j < a.length; j++) {
            largest = Math.max(largest, a[j] * factors[j]);
        }
        return largest;
    }

    @Override
    public <T> Values<T> apply(EagerOps<T> ops, T w) {
        float[] reciprocals = new float[factors.length];
        for (int j = 0; j < reciprocals.length; j++) {
            reciprocals[j] = 1 / factors[j];
        }
        return Values.of(LayerRun.WEIGHT, ops.mul(w, ops.constant(reciprocals, Shape.of(reciprocals.length), DType.FLOAT32)));
    }
}
