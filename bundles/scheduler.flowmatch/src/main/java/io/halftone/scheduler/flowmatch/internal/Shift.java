package io.halftone.scheduler.flowmatch.internal;

import io.halftone.model.ModelConfig;

/**
 * How noise levels are moved towards noise, the more the larger the picture.
 *
 * @param dynamic  whether by the size of the picture
 * @param linear   whether the dynamic strength is taken as it is, not its exponential
 * @param strength dynamic: mu, linear in the number of tokens; static: the shift
 */
record Shift(boolean dynamic, boolean linear, double strength) {
    static Shift read(ModelConfig config, long imageTokens) {
        config.expect("time_shift_type", "exponential", "linear");
        if (!config.flag("use_dynamic_shifting", false)) {
            double shift = config.doubleValue("shift", 1);
            if (!(shift > 0)) {
                throw new IllegalArgumentException(config.source() + ": shift: found " + shift + "; expected above 0");
            }
            return new Shift(false, false, shift);
        }
        boolean linear = config.string("time_shift_type", "exponential").equals("linear");
        double mu = mu(config, imageTokens);
        if (linear && !(mu > 0)) {
            throw new IllegalArgumentException(config.source() + ": base_shift: found shift " + mu + " for " + imageTokens
                + " tokens; expected above 0");
        }
        return new Shift(true, linear, mu);
    }

    /** Source: diffusers, pipeline_flux.py, calculate_shift. */
    private static double mu(ModelConfig config, long imageTokens) {
        long baseTokens = config.intValue("base_image_seq_len", 256);
        long maxTokens = config.intValue("max_image_seq_len", 4096);
        if (baseTokens == maxTokens) {
            throw new IllegalArgumentException(config.source() + ": max_image_seq_len: found " + maxTokens
                + ", which is base_image_seq_len; expected another");
        }
        double baseShift = config.doubleValue("base_shift", 0.5);
        double slope = (config.doubleValue("max_shift", 1.15) - baseShift) / (maxTokens - baseTokens);
        return imageTokens * slope + (baseShift - slope * baseTokens);
    }

    /** A level, 0 to 1, shifted. */
    double of(double sigma, Rounding as) {
        if (dynamic) {
            double factor = as.round(linear ? strength : Math.exp(strength));
            return as.round(factor / as.round(factor + as.round(as.round(1 / sigma) - 1)));
        }
        double less = as.round(strength - 1);
        double factor = as.round(strength);
        return as.round(as.round(factor * sigma) / as.round(1 + as.round(less * sigma)));
    }
}
