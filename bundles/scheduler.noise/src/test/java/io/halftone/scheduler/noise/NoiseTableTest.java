package io.halftone.scheduler.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelConfig;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NoiseTableTest {
    /** The noise schedule of Stable Diffusion; expected values are float64 ones. */
    private static final Signal STABLE = signal(Map.of("beta_start", 0.00085, "beta_end", 0.012, "beta_schedule", "scaled_linear"));
    /** Of a float32 product and square root. */
    private static final double TOLERANCE = 1e-6;

    private static Signal signal(Map<String, ?> config) {
        return Signal.read(ModelConfig.of("scheduler_config.json", config));
    }

    private static void assertRefused(String message, Map<String, ?> config) {
        assertEquals("scheduler_config.json: " + message,
            assertThrows(IllegalArgumentException.class, () -> NoiseTable.of(signal(config))).getMessage());
    }

    @Test
    void signalIsWhatBetasLeave() {
        assertEquals(1000, STABLE.steps());
        assertEquals(0.99915, STABLE.at(0), TOLERANCE);
        assertEquals(0.27633268, STABLE.at(500), TOLERANCE);
        assertFalse(STABLE.vanishing());
    }

    @Test
    void levelsAreNoiseOverSignal() {
        NoiseTable table = NoiseTable.of(STABLE);
        assertEquals(1000, table.steps());
        assertEquals(1.61827883, table.sigma(500), 2 * TOLERANCE);
        assertEquals(14.6146412, table.sigma(999), 15 * TOLERANCE);
    }

    @Test
    void levelsAreInterpolatedBetweenTimeSteps() {
        NoiseTable table = NoiseTable.of(STABLE);
        assertEquals(0.75 * table.sigma(500) + 0.25 * table.sigma(501), table.sigma(500.25), 1e-12);
    }

    @Test
    void levelsBeyondTheEndsAreThoseOfTheEnds() {
        NoiseTable table = NoiseTable.of(STABLE);
        assertEquals(table.sigma(0), table.sigma(-3.0));
        assertEquals(table.sigma(999), table.sigma(1000.0));
    }

    @Test
    void timeStepsAreFoundByTheirLevels() {
        NoiseTable table = NoiseTable.of(STABLE);
        assertEquals(500, table.timestep(table.sigma(500)), 1e-3);
        assertEquals(0, table.timestep(0));
        assertEquals(999, table.timestep(100));
    }

    @Test
    void levelsAreFiniteWhereTheSignalVanishes() {
        Signal signal = signal(Map.of("rescale_betas_zero_snr", true));
        assertTrue(signal.vanishing());
        assertEquals(0, signal.at(999));
        assertEquals(4096, NoiseTable.of(signal).sigma(999), 1e-3);
    }

    @Test
    void refusesBetasThatLeaveNoSignal() {
        assertRefused("betas: found noise level Infinity at time step 1; expected a finite one above 0",
            Map.of("num_train_timesteps", 2, "beta_end", 1.0));
    }

    @Test
    void refusesAnUnknownBetaSchedule() {
        assertRefused("beta_schedule: found sigmoid; expected one of [linear, scaled_linear, squaredcos_cap_v2]", Map.of("beta_schedule", "sigmoid"));
    }

    @Test
    void refusesBetasOfItsOwn() {
        assertRefused("trained_betas: found [0.1]; expected no value", Map.of("trained_betas", List.of(0.1)));
    }

    @Test
    void refusesASingleTrainingStep() {
        assertRefused("num_train_timesteps: found 1; expected 2 to 1000000", Map.of("num_train_timesteps", 1));
    }

    @Test
    void refusesMoreStepsThanWereTrained() {
        assertEquals("scheduler_config.json: steps: found 1001; expected 1 to 1000",
            assertThrows(IllegalArgumentException.class, () -> STABLE.checkSteps(1001)).getMessage());
    }
}
