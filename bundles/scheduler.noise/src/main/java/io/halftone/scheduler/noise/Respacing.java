package io.halftone.scheduler.noise;

import io.halftone.model.ModelConfig;
import java.util.Optional;

/** Noise levels of a run spaced by a rule of their own, from the largest to the smallest, in float64. */
public enum Respacing {
    /** Evenly in the seventh root. Source: Karras and others, "Elucidating the Design Space of Diffusion-Based Generative Models", 2022. */
    KARRAS,
    /** Evenly in the logarithm. */
    EXPONENTIAL;

    private static final double RHO = 7;

    /**
     * Reads {@code use_karras_sigmas} and {@code use_exponential_sigmas}.
     *
     * @throws IllegalArgumentException if there are both, or {@code use_beta_sigmas}
     */
    public static Optional<Respacing> read(ModelConfig config) {
        config.expect("use_beta_sigmas", false);
        boolean exponential = config.flag("use_exponential_sigmas", false);
        if (!config.flag("use_karras_sigmas", false)) {
            return exponential ? Optional.of(EXPONENTIAL) : Optional.empty();
        }
        if (exponential) {
            throw new IllegalArgumentException(config.source()
                + ": use_exponential_sigmas: found true beside use_karras_sigmas; expected one of them");
        }
        return Optional.of(KARRAS);
    }

    /**
     * The levels.
     *
     * @param max above 0
     * @param min above 0
     */
    public double[] levels(double max, double min, int steps) {
        if (this == EXPONENTIAL) {
            double[] levels = Ramp.doubles(Math.log(max), Math.log(min), steps);
            for (int i = 0; i < steps; i++) {
                levels[i] = Math.exp(levels[i]);
            }
            return levels;
        }
        double from = Math.pow(max, 1 / RHO);
        double to = Math.pow(min, 1 / RHO);
        double[] levels = Ramp.doubles(0, 1, steps);
        for (int i = 0; i < steps; i++) {
            levels[i] = Math.pow(from + levels[i] * (to - from), RHO);
        }
        return levels;
    }
}
