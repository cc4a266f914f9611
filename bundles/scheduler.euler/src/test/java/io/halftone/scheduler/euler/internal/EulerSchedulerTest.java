package io.halftone.scheduler.euler.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import io.halftone.model.ModelConfig;
import io.halftone.pipeline.Schedule;
import io.halftone.pipeline.Scheduler;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class EulerSchedulerTest {
    /**
     * How far float32 may be off: torch fills its ranges by vectors, whose width depends on the processor, and so rounds
     * some betas otherwise than number by number.
     */
    private static final double TOLERANCE = 2e-6;

    private static Schedule schedule(Map<String, ?> config, int steps) {
        return new EulerScheduler().schedule(ModelConfig.of("scheduler_config.json", config), new Scheduler.Run(steps, 0, false));
    }

    private static void assertRefused(String message, Map<String, ?> config, int steps) {
        assertEquals("scheduler_config.json: " + message,
            assertThrows(IllegalArgumentException.class, () -> schedule(config, steps)).getMessage());
    }

    @Test
    void goesThroughTheGoldenNoiseLevels() throws IOException {
        float[] expected = new Golden().floats("sigmas");
        double[] sigmas = new EulerScheduler().schedule(Golden.config(), new Scheduler.Run(20, 0, false)).sigmas();
        assertEquals(21, sigmas.length);
        for (int i = 0; i < sigmas.length; i++) {
            assertEquals(expected[i], sigmas[i], "sigma " + i);   // to the bit
        }
    }

    @Test
    void stopsAtTheGoldenTimeSteps() throws IOException {
        float[] expected = new Golden().floats("timesteps");
        Schedule schedule = new EulerScheduler().schedule(Golden.config(), new Scheduler.Run(20, 0, false));
        assertEquals(20, schedule.calls());
        for (int call = 0; call < 20; call++) {
            assertEquals(call, schedule.step(call));
            assertEquals(expected[call], schedule.timestep(call), "time step " + call);
        }
    }

    @TestFactory
    List<DynamicTest> computesWhatDiffusersDoes() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        try (InputStream json = getClass().getResourceAsStream("/euler-schedules.json")) {
            for (JsonNode expected : Golden.JSON.readTree(json)) {
                tests.add(DynamicTest.dynamicTest(expected.path("name").textValue(), () -> {
                    Schedule schedule = schedule(Golden.map(expected.path("config")), expected.path("steps").intValue());
                    assertNear("sigmas", expected.path("sigmas"), schedule.sigmas(), TOLERANCE);
                    double[] timesteps = new double[schedule.calls()];
                    for (int call = 0; call < timesteps.length; call++) {
                        timesteps[call] = schedule.timestep(call);
                    }
                    // time steps found from noise levels carry the error of both levels around them
                    boolean exact = !expected.path("name").textValue().matches(".*(karras|exponential).*");
                    assertNear("time steps", expected.path("timesteps"), timesteps, exact ? 0 : 1e-4);
                    double scale = expected.path("initial_noise_scale").doubleValue();
                    assertEquals(scale, schedule.initialNoiseScale(), scale * TOLERANCE);
                }));
            }
        }
        assertEquals(18, tests.size());
        return tests;
    }

    /** Relative to the value, or to 1 where it is less; sigmas of the tests are not below 0.002. */
    private static void assertNear(String what, JsonNode expected, double[] found, double tolerance) {
        assertEquals(expected.size(), found.length, what);
        for (int i = 0; i < found.length; i++) {
            double value = expected.path(i).doubleValue();
            assertEquals(value, found[i], tolerance * Math.max(tolerance == TOLERANCE ? 0 : 1, Math.abs(value)), what + " " + i);
        }
    }

    @Test
    void takesExactlyTheStepsAskedForWhereNumpyTakesOneMore() {
        // 1000 / (1000 / 61.0) is above 61 in float64, so numpy.arange gives 62 time steps, the last of them -1
        Schedule schedule = schedule(Map.of("timestep_spacing", "trailing"), 61);
        assertEquals(61, schedule.calls());
        assertEquals(15, schedule.timestep(60));
    }

    @Test
    void handsOutACopyOfTheNoiseLevels() {
        Schedule schedule = schedule(Map.of(), 2);
        double[] before = schedule.sigmas();
        schedule.sigmas()[0] = -1;
        assertArrayEquals(before, schedule.sigmas());
    }

    @Test
    void refusesNoSteps() {
        assertRefused("steps: found 0; expected 1 to 1000", Map.of(), 0);
    }

    @Test
    void refusesMoreStepsThanWereTrained() {
        assertRefused("steps: found 11; expected 1 to 10", Map.of("num_train_timesteps", 10), 11);
    }

    @Test
    void refusesAnUnknownBetaSchedule() {
        assertRefused("beta_schedule: found sigmoid; expected one of [linear, scaled_linear, squaredcos_cap_v2]",
            Map.of("beta_schedule", "sigmoid"), 5);
    }

    @Test
    void refusesBetasOfItsOwn() {
        assertRefused("trained_betas: found [0.1]; expected no value", Map.of("trained_betas", List.of(0.1)), 5);
    }

    @Test
    void refusesBetaSigmas() {
        assertRefused("use_beta_sigmas: found true; expected one of [false]", Map.of("use_beta_sigmas", true), 5);
    }

    @Test
    void refusesTwoSpacingsOfNoiseLevels() {
        assertRefused("use_exponential_sigmas: found true beside use_karras_sigmas; expected one of them",
            Map.of("use_karras_sigmas", true, "use_exponential_sigmas", true), 5);
    }

    @Test
    void refusesBoundsTheWrongWayRound() {
        assertRefused("sigma_min: found 3.0; expected above 0 and at most 2.0",
            Map.of("use_karras_sigmas", true, "sigma_min", 3.0, "sigma_max", 2.0), 5);
    }

    @Test
    void refusesAnUnknownPrediction() {
        assertRefused("prediction_type: found flow_prediction; expected one of [epsilon, v_prediction, sample]",
            Map.of("prediction_type", "flow_prediction"), 5);
    }

    @Test
    void refusesBetasThatLeaveNoSignal() {
        assertRefused("betas: found noise level Infinity at time step 1; expected a finite one above 0",
            Map.of("num_train_timesteps", 2, "beta_end", 1.0), 1);
    }

    @Test
    void refusesASingleTrainingStep() {
        assertRefused("num_train_timesteps: found 1; expected 2 to 1000000", Map.of("num_train_timesteps", 1), 1);
    }
}
