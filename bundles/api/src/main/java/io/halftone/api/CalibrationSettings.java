package io.halftone.api;

import java.util.List;

/**
 * The denoising runs that calibration observes.
 *
 * @param prompts       the prompts in order; empty for those of {@code promptsFile}
 * @param promptsFile   a UTF-8 file of one prompt a line; empty for the pipeline folder's own list, or else the built-in one
 * @param size          how many prompts to use
 * @param batchSize     prompts that run together
 * @param steps         denoising steps of each
 * @param guidanceScale NaN for the pipeline's usual one
 * @param height        pixels; 0 for the pipeline's usual one
 * @param width         pixels; 0 for the pipeline's usual one
 * @param seed          fixes the noise: batch i draws from a seed hashed from this and i
 */
public record CalibrationSettings(List<String> prompts, String promptsFile, int size, int batchSize, int steps, double guidanceScale,
                                  long height, long width, long seed) {
    public CalibrationSettings {
        prompts = List.copyOf(prompts);
        Checks.atLeast("calib-size", size, 1);
        Checks.atLeast("batch-size", batchSize, 1);
        Checks.atLeast("n-steps", steps, 1);
        Checks.atLeast("height", height, 0);
        Checks.atLeast("width", width, 0);
        if (guidanceScale < 0 || Double.isInfinite(guidanceScale)) {
            throw new IllegalArgumentException("guidance-scale: found " + guidanceScale + "; expected a number >= 0");
        }
    }

    /** The same runs with other noise. */
    public CalibrationSettings with(long otherSeed) {
        return new CalibrationSettings(prompts, promptsFile, size, batchSize, steps, guidanceScale, height, width, otherSeed);
    }

    /** The given number of prompts from the usual list, two at a time. */
    public static CalibrationSettings of(int size, int steps, long seed) {
        return new CalibrationSettings(List.of(), "", size, 2, steps, Double.NaN, 0, 0, seed);
    }
}
