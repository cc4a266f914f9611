package io.halftone.scheduler.ddim.internal;

import io.halftone.testkit.SchedulerContract;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DdimSchedulerTest extends SchedulerContract {
    DdimSchedulerTest() {
        // a step's arithmetic is exact; betas may be off by how torch's vectors round its ranges
        super(new DdimScheduler(), "/ddim-cases.json", 2e-6);
    }

    @Test
    void refusesMoreStepsThanWereTrained() {
        assertRefused("steps: found 11; expected 1 to 10", Map.of("num_train_timesteps", 10), 11);
    }

    @Test
    void refusesTimeStepsPastTheLast() {
        assertRefused("steps_offset: found time step 10 at step 0; expected 0 to 9", Map.of("num_train_timesteps", 10, "steps_offset", 1), 10);
    }

    @Test
    void refusesToDivideBySignalThatIsNotThere() {
        assertRefused("betas: found 0.0 of the signal left at time step 999; expected a share between 0 and 1, above 0 for epsilon",
            Map.of("rescale_betas_zero_snr", true, "timestep_spacing", "trailing"), 4);
    }

    @Test
    void refusesAClippingRangeOfNothing() {
        assertRefused("clip_sample_range: found 0.0; expected above 0", Map.of("clip_sample_range", 0), 4);
    }

    @Test
    void refusesThresholding() {
        assertRefused("thresholding: found true; expected one of [false]", Map.of("thresholding", true), 4);
    }

    @Test
    void refusesAFlow() {
        assertRefused("prediction_type: found flow_prediction; expected one of [epsilon, v_prediction, sample]",
            Map.of("prediction_type", "flow_prediction"), 4);
    }
}
