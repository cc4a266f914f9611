package io.halftone.scheduler.pndm.internal;

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
 * Pseudo numerical methods for diffusion models, linear multistep throughout: {@code skip_prk_steps} is required, as Stable
 * Diffusion has it. From the fourth step on it is of order 4, which is stable for short steps alone: where guidance makes the
 * prediction some four times as steep as the latents or more, latents grow without bound in 20 steps, as they do in the source.
 * More steps, or a method of lower order, keep them in bounds.
 * Source: Liu and others, "Pseudo Numerical Methods for Diffusion Models on Manifolds", 2022, equations 9 and 12; diffusers,
 * scheduling_pndm.py, PNDMScheduler.
 */
@Component(service = Scheduler.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("PNDMScheduler")
public final class PndmScheduler implements Scheduler {
    @Override
    public Schedule schedule(ModelConfig config, Run run) {
        int steps = run.steps();
        if (!config.flag("skip_prk_steps", false)) {
            throw new IllegalArgumentException(config.source() + ": skip_prk_steps: found false; expected true");
        }
        config.expect("rescale_betas_zero_snr", false);
        Prediction prediction = Prediction.read(config, Prediction.EPSILON, Prediction.V_PREDICTION);
        Spacing spacing = Spacing.read(config, Spacing.LEADING);
        Signal signal = Signal.read(config);
        signal.checkSteps(steps);
        double[] spaced = spacing.timesteps(signal.steps(), steps, config.intValue("steps_offset", 0));
        int[] timesteps = new int[steps];
        for (int i = 0; i < steps; i++) {
            timesteps[i] = (int) Math.rint(spaced[i]);
            if (timesteps[i] < 0 || timesteps[i] >= signal.steps()) {
                throw new IllegalArgumentException(config.source() + ": steps_offset: found time step " + timesteps[i] + " at step " + i
                    + "; expected 0 to " + (signal.steps() - 1));
            }
        }
        return new PndmSchedule(signal, timesteps, config.flag("set_alpha_to_one", false) ? 1 : signal.at(0), prediction);
    }
}
