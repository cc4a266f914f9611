package io.halftone.algorithm.smoothquant.internal;

/** The factors that input channels are multiplied with. */
final class SmoothingFactors {
    /** Magnitudes up to this are those of a dead channel, which is left as it is. */
    static final float DEAD = 0x1p-31f;
    private static final float LEAST = 1e-4f;
    private static final float GREATEST = 1e4f;

    private SmoothingFactors() {}

    /**
     * w^(1 - alpha) / a^alpha, from 1e-4 to 1e4.
     *
     * @param a     largest magnitude of each input channel
     * @param w     largest magnitude of each column of the weight
     * @param alpha how much of the difficulty moves to the weight: 0 to 1
     */
    static float[] of(float[] a, float[] w, double alpha) {
        float[] factors = new float[a.length];
        for (int j = 0; j < a.length; j++) {
            boolean dead = a[j] <= DEAD || w[j] <= DEAD;
            double factor = Math.pow(w[j], 1 - alpha) / Math.pow(a[j], alpha);
            factors[j] = dead ? 1 : Math.min(GREATEST, Math.max(LEAST, (float) factor));
        }
        return factors;
    }
}
