package io.halftone.scheduler.euler.internal;

import io.halftone.model.ModelConfig;
import io.halftone.scheduler.noise.NoiseTable;
import io.halftone.scheduler.noise.Ramp;
import io.halftone.scheduler.noise.Respacing;
import io.halftone.scheduler.noise.Signal;
import io.halftone.scheduler.noise.Spacing;
import java.util.Optional;

/**
 * The time steps of one run and the noise levels it goes through.
 * Source: diffusers, scheduling_euler_discrete.py, EulerDiscreteScheduler.set_timesteps.
 */
final class NoiseLevels {
    private final float[] timesteps;
    private final float[] sigmas;

    private NoiseLevels(float[] timesteps, float[] sigmas) {
        this.timesteps = timesteps;
        this.sigmas = sigmas;
    }

    /** Reads what a scheduler's configuration says of noise levels. */
    static NoiseLevels read(ModelConfig config, int steps) {
        Spacing spacing = Spacing.read(config, Spacing.LINSPACE);
        config.expect("timestep_type", "discrete", "continuous");
        config.expect("interpolation_type", "linear", "log_linear");
        config.expect("final_sigmas_type", "zero", "sigma_min");
        Optional<Respacing> respacing = Respacing.read(config);
        Signal signal = Signal.read(config);
        NoiseTable table = NoiseTable.of(signal);
        signal.checkSteps(steps);
        float[] timesteps = new float[steps];
        double[] spaced = spacing.timesteps(table.steps(), steps, config.intValue("steps_offset", 0));
        for (int i = 0; i < steps; i++) {
            timesteps[i] = (float) spaced[i];
        }
        // log_linear gives a level for the end as well; then the final one is not used
        double[] levels = config.string("interpolation_type", "linear").equals("linear")
            ? interpolated(table, timesteps)
            : logLinear(table, steps);
        if (respacing.isPresent()) {
            levels = respaced(config, respacing.get(), levels, steps);
            for (int i = 0; i < steps; i++) {
                timesteps[i] = (float) table.timestep(levels[i]);
            }
        }
        float[] sigmas = new float[steps + 1];
        sigmas[steps] = config.string("final_sigmas_type", "zero").equals("zero") ? 0 : table.sigma(0);
        for (int i = 0; i < Math.min(levels.length, steps + 1); i++) {
            sigmas[i] = (float) levels[i];
        }
        if (config.string("timestep_type", "discrete").equals("continuous")
            && config.string("prediction_type", "epsilon").equals("v_prediction")) {
            for (int i = 0; i < steps; i++) {
                timesteps[i] = 0.25f * (float) Math.log(sigmas[i]);
            }
        }
        return new NoiseLevels(timesteps, sigmas);
    }

    private static double[] interpolated(NoiseTable table, float[] timesteps) {
        double[] levels = new double[timesteps.length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = table.sigma((double) timesteps[i]);
        }
        return levels;
    }

    private static double[] logLinear(NoiseTable table, int steps) {
        float[] logs = Ramp.floats((float) Math.log(table.sigma(table.steps() - 1)), (float) Math.log(table.sigma(0)), steps + 1);
        double[] levels = new double[logs.length];
        for (int i = 0; i < levels.length; i++) {
            levels[i] = (float) Math.exp(logs[i]);
        }
        return levels;
    }

    /** Levels between the first and the last one, or those that the configuration names. */
    private static double[] respaced(ModelConfig config, Respacing respacing, double[] levels, int steps) {
        double min = config.doubleValue("sigma_min", levels[levels.length - 1]);
        double max = config.doubleValue("sigma_max", levels[0]);
        if (!(min > 0 && min <= max)) {
            throw new IllegalArgumentException(config.source() + ": sigma_min: found " + min + "; expected above 0 and at most " + max);
        }
        return respacing.levels(max, min, steps);
    }

    /** The number of steps. */
    int steps() {
        return timesteps.length;
    }

    /** The time step that the backbone gets at a step. */
    float timestep(int step) {
        return timesteps[step];
    }

    /** The noise level before a step; that of the number of steps is the last one. */
    float sigma(int step) {
        return sigmas[step];
    }
}
