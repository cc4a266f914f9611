package io.halftone.scheduler.noise;

import io.halftone.model.ModelConfig;

/**
 * The share of the signal's variance that is left at each training time step: the cumulative product of 1 - beta,
 * {@code alphas_cumprod}. In float32, operation by operation as diffusers computes it; the product alone is kept in
 * float64 and rounded at every step. Immutable.
 * Source: diffusers, scheduling_ddim.py, DDIMScheduler.__init__.
 */
public final class Signal {
    private static final int MAX_STEPS = 1_000_000;

    private final String source;
    private final float[] shares;
    private final boolean vanishing;

    private Signal(String source, float[] shares, boolean vanishing) {
        this.source = source;
        this.shares = shares;
        this.vanishing = vanishing;
    }

    /**
     * Reads what a scheduler's configuration says of betas.
     *
     * @throws IllegalArgumentException if it says what this has not
     */
    public static Signal read(ModelConfig config) {
        config.expect("trained_betas");
        config.expect("beta_schedule", "linear", "scaled_linear", "squaredcos_cap_v2");
        int steps = config.intValue("num_train_timesteps", 1000);
        if (steps < 2 || steps > MAX_STEPS) {
            throw new IllegalArgumentException(config.source() + ": num_train_timesteps: found " + steps + "; expected 2 to " + MAX_STEPS);
        }
        boolean rescale = config.flag("rescale_betas_zero_snr", false);
        float[] betas = betas(config, steps);
        return new Signal(config.source(), products(rescale ? rescaled(betas) : betas), rescale);
    }

    private static float[] betas(ModelConfig config, int steps) {
        double start = config.doubleValue("beta_start", 0.0001);
        double end = config.doubleValue("beta_end", 0.02);
        return switch (config.string("beta_schedule", "linear")) {
            case "linear" -> Ramp.floats((float) start, (float) end, steps);
            case "scaled_linear" -> {
                float[] betas = Ramp.floats((float) Math.sqrt(start), (float) Math.sqrt(end), steps);
                for (int i = 0; i < steps; i++) {
                    betas[i] *= betas[i];
                }
                yield betas;
            }
            default -> cosine(steps);
        };
    }

    /** Source: Nichol and Dhariwal, "Improved Denoising Diffusion Probabilistic Models", 2021, equation 17. */
    private static float[] cosine(int steps) {
        double maxBeta = 0.999;
        float[] betas = new float[steps];
        for (int i = 0; i < steps; i++) {
            betas[i] = (float) Math.min(1 - cosineShare((i + 1.0) / steps) / cosineShare((double) i / steps), maxBeta);
        }
        return betas;
    }

    private static double cosineShare(double t) {
        double root = Math.cos((t + 0.008) / 1.008 * Math.PI / 2);
        return root * root;
    }

    /** Betas whose signal vanishes at the last step. Source: Lin and others, 2023, arXiv 2305.08891, algorithm 1. */
    private static float[] rescaled(float[] betas) {
        int last = betas.length - 1;
        float[] roots = products(betas);
        for (int i = 0; i <= last; i++) {
            roots[i] = (float) Math.sqrt(roots[i]);
        }
        float scale = roots[0] / (roots[0] - roots[last]);
        float end = roots[last];
        float[] shares = new float[last + 1];
        float[] changed = new float[last + 1];
        for (int i = 0; i <= last; i++) {
            float root = (roots[i] - end) * scale;
            shares[i] = root * root;
            changed[i] = 1 - (i == 0 ? shares[0] : shares[i] / shares[i - 1]);
        }
        return changed;
    }

    /** The cumulative product of 1 - beta. */
    private static float[] products(float[] betas) {
        float[] products = new float[betas.length];
        double product = 1;
        for (int i = 0; i < betas.length; i++) {
            product *= 1 - betas[i];
            products[i] = (float) product;
        }
        return products;
    }

    /** What messages call the configuration. */
    String source() {
        return source;
    }

    /** The number of training time steps. */
    public int steps() {
        return shares.length;
    }

    /** The share at a training time step, from 0. */
    public float at(int t) {
        return shares[t];
    }

    /** Whether the betas were rescaled so that no signal is left at the last time step. */
    public boolean vanishing() {
        return vanishing;
    }

    /**
     * Refuses a number of denoising steps that the training time steps do not give.
     *
     * @throws IllegalArgumentException if it is not 1 to {@link #steps}
     */
    public void checkSteps(int steps) {
        if (steps < 1 || steps > shares.length) {
            throw new IllegalArgumentException(source + ": steps: found " + steps + "; expected 1 to " + shares.length);
        }
    }
}
