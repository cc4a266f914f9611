package io.halftone.scheduler.dpm.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.testkit.Floats;
import io.halftone.testkit.SchedulerContract;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DpmSchedulerTest extends SchedulerContract {
    DpmSchedulerTest() {
        // exponentials and logarithms in float32, which libraries round differently, and differences of these
        super(new DpmScheduler(), "/dpm-cases.json", 1e-5);
    }

    @Test
    void refusesACallOutOfOrder() {
        try (var sampler = schedule(Map.of(), 4, 0).sampler(Floats.ops(), null)) {
            assertEquals("step: found call 1; expected 0",
                assertThrows(IllegalStateException.class, () -> sampler.step(Floats.of(1), Floats.of(1), 1)).getMessage());
        }
    }

    @Test
    void refusesAStochasticSolver() {
        assertRefused("algorithm_type: found sde-dpmsolver++; expected one of [dpmsolver++, deis]",
            Map.of("algorithm_type", "sde-dpmsolver++"), 4);
    }

    @Test
    void refusesOrderFour() {
        assertRefused("solver_order: found 4; expected 1 to 3", Map.of("solver_order", 4), 4);
    }

    @Test
    void refusesALearnedVariance() {
        assertRefused("variance_type: found learned_range; expected no value", Map.of("variance_type", "learned_range"), 4);
    }

    @Test
    void refusesDynamicShifting() {
        assertRefused("use_dynamic_shifting: found true; expected one of [false]", Map.of("use_dynamic_shifting", true), 4);
    }

    @Test
    void refusesTwoSpacingsOfNoiseLevels() {
        assertRefused("use_lu_lambdas: found true beside use_flow_sigmas false and KARRAS sigmas; expected one of them",
            Map.of("use_lu_lambdas", true, "use_karras_sigmas", true), 4);
    }

    @Test
    void refusesMoreLeadingStepsThanThereArePartsBelowTheLast() {
        assertRefused("steps: found 10 of 10 time steps; expected at most 9",
            Map.of("num_train_timesteps", 10, "timestep_spacing", "leading"), 10);
    }

    @Test
    void refusesTrailingTimeStepsThatAreClipped() {
        assertRefused("lambda_min_clipped: found 6 time steps below beside trailing time steps; expected none",
            Map.of("lambda_min_clipped", -5, "timestep_spacing", "trailing"), 4);
    }
}
