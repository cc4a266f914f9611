package io.halftone.scheduler.ancestral.internal;

import io.halftone.model.ModelConfig;
import io.halftone.model.Named;
import io.halftone.pipeline.Schedule;
import io.halftone.pipeline.Scheduler;
import io.halftone.scheduler.noise.NoiseTable;
import io.halftone.scheduler.noise.Prediction;
import io.halftone.scheduler.noise.Signal;
import io.halftone.scheduler.noise.Spacing;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * Euler's method over discrete noise levels, ancestral: each step goes further down than asked and is noised back up.
 * Source: diffusers, scheduling_euler_ancestral_discrete.py, EulerAncestralDiscreteScheduler.
 */
@Component(service = Scheduler.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("EulerAncestralDiscreteScheduler")
public final class AncestralScheduler implements Scheduler {
    @Override
    public Schedule schedule(ModelConfig config, Run run) {
        int steps = run.steps();
        config.expect("use_karras_sigmas", false);
        config.expect("use_exponential_sigmas", false);
        config.expect("use_beta_sigmas", false);
        Prediction prediction = Prediction.read(config, Prediction.EPSILON, Prediction.V_PREDICTION);
        Spacing spacing = Spacing.read(config, Spacing.LINSPACE);
        Signal signal = Signal.read(config);
        NoiseTable table = NoiseTable.of(signal);
        signal.checkSteps(steps);
        double[] spaced = spacing.timesteps(table.steps(), steps, config.intValue("steps_offset", 0));
        float[] timesteps = new float[steps];
        float[] sigmas = new float[steps + 1];
        for (int i = 0; i < steps; i++) {
            timesteps[i] = (float) spaced[i];
            sigmas[i] = (float) table.sigma((double) timesteps[i]);
        }
        float max = sigmas[0];
        return new AncestralSchedule(timesteps, sigmas, prediction, spacing == Spacing.LEADING ? (float) Math.sqrt(max * max + 1) : max);
    }
}
