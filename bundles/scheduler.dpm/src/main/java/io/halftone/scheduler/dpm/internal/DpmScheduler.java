package io.halftone.scheduler.dpm.internal;

import io.halftone.model.ModelConfig;
import io.halftone.model.Named;
import io.halftone.pipeline.Schedule;
import io.halftone.pipeline.Scheduler;
import io.halftone.scheduler.noise.Prediction;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * DPM-Solver++, multistep, of order 1 to 3.
 * Source: Lu and others, "DPM-Solver++: Fast Solver for Guided Sampling of Diffusion Probabilistic Models", 2022, algorithm 2;
 * diffusers, scheduling_dpmsolver_multistep.py, DPMSolverMultistepScheduler.
 */
@Component(service = Scheduler.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("DPMSolverMultistepScheduler")
public final class DpmScheduler implements Scheduler {
    @Override
    public Schedule schedule(ModelConfig config, Run run) {
        config.expect("algorithm_type", "dpmsolver++", "deis");   // diffusers takes one for the other
        config.expect("thresholding", false);
        config.expect("variance_type");
        Prediction prediction = Prediction.read(config, Prediction.values());
        return new DpmSchedule(DpmLevels.read(config, run.steps()), prediction, Solver.read(config));
    }
}
