package io.halftone.scheduler.dpm.internal;

/**
 * A noise level in float32: latents are alpha times the signal plus deviation times unit noise.
 *
 * @param sigma     as the schedule has it
 * @param alpha     what the signal is multiplied with
 * @param deviation what the noise is multiplied with
 * @param lambda    the logarithm of alpha over deviation; infinite without noise
 */
record Level(float sigma, float alpha, float deviation, float lambda) {
    /** The level of a flow, sigma 0 to 1. */
    static Level ofFlow(float sigma) {
        return of(sigma, 1 - sigma, sigma);
    }

    /** The level of latents of unit variance, sigma being the deviation over alpha. */
    static Level ofUnitVariance(float sigma) {
        float alpha = 1 / (float) Math.sqrt(sigma * sigma + 1);
        return of(sigma, alpha, sigma * alpha);
    }

    private static Level of(float sigma, float alpha, float deviation) {
        return new Level(sigma, alpha, deviation, (float) Math.log(alpha) - (float) Math.log(deviation));
    }
}
