package io.halftone.scheduler.flowmatch.internal;

import io.halftone.model.ModelConfig;
import io.halftone.model.Named;
import io.halftone.pipeline.Schedule;
import io.halftone.pipeline.Scheduler;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * Euler's method along a flow between noise and latents.
 * Source: Esser and others, "Scaling Rectified Flow Transformers for High-Resolution Image Synthesis", 2024, section 5.3.2;
 * diffusers, scheduling_flow_match_euler_discrete.py, FlowMatchEulerDiscreteScheduler.
 */
@Component(service = Scheduler.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("FlowMatchEulerDiscreteScheduler")
public final class FlowMatchScheduler implements Scheduler {
    @Override
    public Schedule schedule(ModelConfig config, Run run) {
        config.expect("invert_sigmas", false);
        return new FlowMatchSchedule(FlowLevels.read(config, run), config.intValue("num_train_timesteps", 1000),
            config.flag("stochastic_sampling", false));
    }
}
