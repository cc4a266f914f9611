package io.halftone.scheduler.flowmatch.internal;

import io.halftone.model.ModelConfig;
import io.halftone.pipeline.Scheduler;
import io.halftone.scheduler.noise.Ramp;
import io.halftone.scheduler.noise.Respacing;

/**
 * The noise levels of a run: how far latents are on the way to noise, 0 to 1.
 *
 * <p>Which levels are shifted is said by the pipeline: FLUX.1 goes evenly from 1 to 1 / steps; Stable Diffusion 3 leaves it to
 * the scheduler, which goes evenly from the largest to the smallest level trained at.
 */
final class FlowLevels {
    private FlowLevels() {}

    /** The level before each step, then 0. */
    static float[] read(ModelConfig config, Scheduler.Run run) {
        int steps = run.steps();
        boolean even = run.evenLevels();
        Shift shift = Shift.read(config, run.imageTokens());
        int trained = config.intValue("num_train_timesteps", 1000);
        if (trained < 1) {
            throw new IllegalArgumentException(config.source() + ": num_train_timesteps: found " + trained + "; expected >= 1");
        }
        if (steps < 1) {
            throw new IllegalArgumentException(config.source() + ": steps: found " + steps + "; expected >= 1");
        }
        // arrays that a pipeline gives are float32, the scheduler's own float64
        Rounding as = even ? Rounding.FLOAT32 : Rounding.FLOAT64;
        double[] levels = even ? Ramp.doubles(1, 1.0 / steps, steps) : trainedLevels(shift, trained, steps);
        for (int i = 0; i < steps; i++) {
            levels[i] = shift.of(as.round(levels[i]), as);
        }
        double terminal = config.doubleValue("shift_terminal", 0);
        if (terminal != 0) {
            stretch(levels, terminal, as);
        }
        double first = levels[0];
        double last = levels[steps - 1];
        return finished(config, Respacing.read(config).map(r -> r.levels(first, last, steps)).orElse(levels));
    }

    /** Evenly between the ends of the trained levels. A static shift has moved these already: diffusers applies it twice. */
    private static double[] trainedLevels(Shift shift, int trained, int steps) {
        double least = (float) (1.0 / trained);
        double max = shift.dynamic() ? 1 : shift.of(1, Rounding.FLOAT32);
        double min = shift.dynamic() ? least : shift.of(least, Rounding.FLOAT32);
        double[] levels = Ramp.doubles(max * trained, min * trained, steps);
        for (int i = 0; i < steps; i++) {
            levels[i] /= trained;
        }
        return levels;
    }

    /** Moves the last level to a given one and keeps 1. Source: LTX-Video, schedulers/rf.py. */
    private static void stretch(double[] levels, double terminal, Rounding as) {
        double scale = as.round(as.round(1 - levels[levels.length - 1]) / as.round(1 - terminal));
        for (int i = 0; i < levels.length; i++) {
            levels[i] = as.round(1 - as.round(as.round(1 - levels[i]) / scale));
        }
    }

    private static float[] finished(ModelConfig config, double[] levels) {
        float[] sigmas = new float[levels.length + 1];
        for (int i = 0; i < levels.length; i++) {
            sigmas[i] = (float) levels[i];
            if (!(sigmas[i] > 0) || Float.isInfinite(sigmas[i])) {
                throw new IllegalArgumentException(config.source() + ": sigmas: found " + sigmas[i] + " at step " + i
                    + "; expected a finite one above 0");
            }
        }
        return sigmas;
    }
}
