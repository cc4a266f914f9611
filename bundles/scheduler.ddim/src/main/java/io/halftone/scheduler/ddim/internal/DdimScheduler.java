package io.halftone.scheduler.ddim.internal;

import io.halftone.model.ModelConfig;
import io.halftone.model.Named;
import io.halftone.pipeline.Schedule;
import io.halftone.pipeline.Scheduler;
import io.halftone.scheduler.noise.Prediction;
import io.halftone.scheduler.noise.Signal;
import io.halftone.scheduler.noise.Spacing;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * Denoising diffusion implicit models, deterministic (eta 0).
 * Source: Song and others, "Denoising Diffusion Implicit Models", 2021, equation 12; diffusers, scheduling_ddim.py, DDIMScheduler.
 */
@Component(service = Scheduler.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("DDIMScheduler")
public final class DdimScheduler implements Scheduler {
    @Override
    public Schedule schedule(ModelConfig config, Run run) {
        int steps = run.steps();
        config.expect("thresholding", false);
        Prediction prediction = Prediction.read(config, Prediction.EPSILON, Prediction.V_PREDICTION, Prediction.SAMPLE);
        Spacing spacing = Spacing.read(config, Spacing.LEADING);
        Signal signal = Signal.read(config);
        signal.checkSteps(steps);
        double clip = config.flag("clip_sample", true) ? config.doubleValue("clip_sample_range", 1) : Double.POSITIVE_INFINITY;
        if (!(clip > 0)) {
            throw new IllegalArgumentException(config.source() + ": clip_sample_range: found " + clip + "; expected above 0");
        }
        double[] timesteps = spacing.timesteps(signal.steps(), steps, config.intValue("steps_offset", 0));
        float end = config.flag("set_alpha_to_one", true) ? 1 : signal.at(0);
        int stride = signal.steps() / steps;
        var moves = new DdimMove[steps];
        for (int i = 0; i < steps; i++) {
            int t = (int) Math.rint(timesteps[i]);
            if (t < 0 || t >= signal.steps()) {
                throw new IllegalArgumentException(config.source() + ": steps_offset: found time step " + t + " at step " + i
                    + "; expected 0 to " + (signal.steps() - 1));
            }
            float share = signal.at(t);
            if (!(share >= 0 && share < 1) || share == 0 && prediction == Prediction.EPSILON) {
                throw new IllegalArgumentException(config.source() + ": betas: found " + share + " of the signal left at time step " + t
                    + "; expected a share between 0 and 1, above 0 for epsilon");
            }
            moves[i] = new DdimMove(t, share, t >= stride ? signal.at(t - stride) : end);
        }
        return new DdimSchedule(moves, prediction, clip);
    }
}
