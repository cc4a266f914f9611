package io.halftone.scheduler.euler.internal;

import io.halftone.model.ModelConfig;
import io.halftone.model.Named;
import io.halftone.pipeline.Schedule;
import io.halftone.pipeline.Scheduler;
import io.halftone.scheduler.noise.Prediction;
import io.halftone.scheduler.noise.Spacing;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * Euler's method over discrete noise levels, without added noise.
 * Source: diffusers, scheduling_euler_discrete.py, EulerDiscreteScheduler with s_churn 0.
 */
@Component(service = Scheduler.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("EulerDiscreteScheduler")
public final class EulerScheduler implements Scheduler {
    @Override
    public Schedule schedule(ModelConfig config, Run run) {
        int steps = run.steps();
        NoiseLevels levels = NoiseLevels.read(config, steps);
        float max = 0;
        for (int i = 0; i <= steps; i++) {
            max = Math.max(max, levels.sigma(i));
        }
        boolean leading = Spacing.read(config, Spacing.LINSPACE) == Spacing.LEADING;
        Prediction prediction = Prediction.read(config, Prediction.EPSILON, Prediction.V_PREDICTION, Prediction.SAMPLE);
        return new EulerSchedule(levels, prediction, leading ? (float) Math.sqrt(max * max + 1) : max);
    }
}
