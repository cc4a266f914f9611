package io.halftone.scheduler.pndm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.pipeline.Schedule;
import io.halftone.testkit.Floats;
import io.halftone.testkit.SchedulerContract;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PndmSchedulerTest extends SchedulerContract {
    private static final Map<String, Object> SKIPPING = Map.of("skip_prk_steps", true);

    PndmSchedulerTest() {
        // a step's arithmetic is exact; betas may be off by how torch's vectors round its ranges
        super(new PndmScheduler(), "/pndm-cases.json", 2e-6);
    }

    @Test
    void callsTheBackboneOnceMoreThanThereAreSteps() {
        Schedule schedule = schedule(SKIPPING, 4, 0);
        assertEquals(List.of(0, 1, 1, 2, 3), IntStream.range(0, schedule.calls()).mapToObj(schedule::step).toList());
        assertEquals(List.of(750.0, 500.0, 500.0, 250.0, 0.0), IntStream.range(0, schedule.calls()).mapToObj(schedule::timestep).toList());
    }

    @Test
    void refusesACallOutOfOrder() {
        try (var sampler = schedule(SKIPPING, 4, 0).sampler(Floats.ops(), null)) {
            sampler.step(Floats.of(1), Floats.of(1), 0);
            assertEquals("step: found call 2; expected 1",
                assertThrows(IllegalStateException.class, () -> sampler.step(Floats.of(1), Floats.of(1), 2)).getMessage());
        }
    }

    @Test
    void refusesRungeKuttaSteps() {
        assertRefused("skip_prk_steps: found false; expected true", Map.of(), 4);
    }

    @Test
    void refusesMoreStepsThanWereTrained() {
        assertRefused("steps: found 11; expected 1 to 10", Map.of("skip_prk_steps", true, "num_train_timesteps", 10), 11);
    }

    @Test
    void refusesTimeStepsPastTheLast() {
        assertRefused("steps_offset: found time step 10 at step 0; expected 0 to 9",
            Map.of("skip_prk_steps", true, "num_train_timesteps", 10, "steps_offset", 1), 10);
    }
}
