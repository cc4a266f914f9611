package io.halftone.scheduler.noise;

import io.halftone.model.ModelConfig;
import java.util.Arrays;
import java.util.Locale;

/**
 * How the time steps of a run lie among those of training, {@code timestep_spacing}.
 * Source: Lin and others, "Common Diffusion Noise Schedules and Sample Steps are Flawed", 2023, table 2.
 */
public enum Spacing {
    /** Evenly from the last to the first. */
    LINSPACE,
    /** The first of each of as many equal parts, as whole numbers, plus an offset. */
    LEADING,
    /** The last of each of as many equal parts. */
    TRAILING;

    /**
     * Reads what a scheduler's configuration says.
     *
     * @param absent what it means where it says nothing
     */
    public static Spacing read(ModelConfig config, Spacing absent) {
        config.expect("timestep_spacing", Arrays.stream(values()).map(Spacing::key).toArray());
        return config.has("timestep_spacing") ? valueOf(config.string("timestep_spacing").toUpperCase(Locale.ROOT)) : absent;
    }

    private String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The time steps, descending; exactly as many as asked for, where numpy.arange may give one more. Those of
     * {@link #LINSPACE} are not rounded, and those of {@link #LEADING} may lie beyond the last.
     *
     * @param trained training time steps
     * @param steps   denoising steps, 1 to trained
     * @param offset  {@code steps_offset}, added to leading ones
     */
    public double[] timesteps(int trained, int steps, int offset) {
        double ratio = (double) trained / steps;
        double[] even = Ramp.doubles(0, trained - 1, steps);
        double[] timesteps = new double[steps];
        for (int i = 0; i < steps; i++) {
            timesteps[i] = switch (this) {
                case LINSPACE -> even[steps - 1 - i];
                case LEADING -> (double) (steps - 1 - i) * (trained / steps) + offset;
                // NumPy steps by the difference of the first two
                case TRAILING -> Math.rint(trained + i * ((trained - ratio) - trained)) - 1;
            };
        }
        return timesteps;
    }
}
