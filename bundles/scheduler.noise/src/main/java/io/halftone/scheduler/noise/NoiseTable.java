package io.halftone.scheduler.noise;

/**
 * The noise levels that a model was trained on, one for each training time step, ascending: the deviation of the noise
 * over that of the signal. In float32 as diffusers computes them. Immutable.
 * Source: diffusers, scheduling_euler_discrete.py, EulerDiscreteScheduler.__init__.
 */
public final class NoiseTable {
    /** The last share of the signal where it vanishes, so that its level is finite: the least subnormal float16. */
    private static final float VANISHING = 0x1p-24f;

    private final float[] sigmas;

    private NoiseTable(float[] sigmas) {
        this.sigmas = sigmas;
    }

    /**
     * The levels of a signal.
     *
     * @throws IllegalArgumentException if one of them is not finite and above 0
     */
    public static NoiseTable of(Signal signal) {
        int steps = signal.steps();
        float[] sigmas = new float[steps];
        for (int t = 0; t < steps; t++) {
            float share = signal.vanishing() && t == steps - 1 ? VANISHING : signal.at(t);
            sigmas[t] = (float) Math.sqrt((1 - share) / share);
            if (!(sigmas[t] > 0) || Float.isInfinite(sigmas[t])) {
                throw new IllegalArgumentException(signal.source() + ": betas: found noise level " + sigmas[t] + " at time step " + t
                    + "; expected a finite one above 0");
            }
        }
        return new NoiseTable(sigmas);
    }

    /** The number of training time steps. */
    public int steps() {
        return sigmas.length;
    }

    /** The noise level at a training time step. */
    public float sigma(int t) {
        return sigmas[t];
    }

    /** The noise level at a time step between two, linearly; that of the nearest one beyond the ends. */
    public double sigma(double t) {
        if (t <= 0 || t >= sigmas.length - 1) {
            return t <= 0 ? sigmas[0] : sigmas[sigmas.length - 1];
        }
        int below = (int) t;
        double slope = (double) sigmas[below + 1] - sigmas[below];
        return slope * (t - below) + sigmas[below];
    }

    /** The time step of a noise level, linearly in the logarithm between two; the nearest one beyond the ends. */
    public double timestep(double sigma) {
        double log = Math.log(Math.max(sigma, 1e-10));
        int below = sigmas.length - 2;
        while (below > 0 && log(below) > log) {
            below--;
        }
        float low = log(below);
        float high = log(below + 1);
        double w = Math.min(1, Math.max(0, (low - log) / (low - high)));
        return (1 - w) * below + w * (below + 1);
    }

    private float log(int t) {
        return (float) Math.log(sigmas[t]);
    }
}
