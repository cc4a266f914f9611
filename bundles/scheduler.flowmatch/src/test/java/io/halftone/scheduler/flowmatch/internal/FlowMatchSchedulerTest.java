package io.halftone.scheduler.flowmatch.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.pipeline.Scheduler;
import io.halftone.testkit.SchedulerContract;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlowMatchSchedulerTest extends SchedulerContract {
    FlowMatchSchedulerTest() {
        // exact but for exponentials and powers, which libraries round differently
        super(new FlowMatchScheduler(), "/flow-cases.json", 2e-7);
    }

    private static final Map<String, Object> FLUX_DEV = Map.of("base_image_seq_len", 256, "base_shift", 0.5, "max_image_seq_len", 4096,
        "max_shift", 1.15, "shift", 3.0, "use_dynamic_shifting", true);
    private static final Map<String, Object> FLUX_SCHNELL = Map.of("base_image_seq_len", 256, "base_shift", 0.5, "max_image_seq_len", 4096,
        "max_shift", 1.15, "shift", 1.0, "use_dynamic_shifting", false);

    private static void assertLevels(double[] expected, double[] found) {
        assertEquals(expected.length + 1, found.length);
        for (int i = 0; i < expected.length; i++) {
            assertEquals(expected[i], found[i], 3e-7 * expected[i], "level " + i);
        }
        assertEquals(0, found[expected.length]);
    }

    /** From 1 to 1 / steps, moved by the exponential of mu: 0.5 at 256 tokens, 1.15 at 4096, and a line through both. */
    @ParameterizedTest(name = "{0} tokens in {1} steps")
    @CsvSource({"256, 8, 0.5", "1536, 10, 0.71666666666666667", "4096, 28, 1.15", "4096, 1, 1.15", "16384, 50, 3.23"})
    void movesTheLevelsOfFluxDevByTheSizeOfThePicture(long tokens, int steps, double mu) {
        double[] expected = new double[steps];
        for (int i = 0; i < steps; i++) {
            double level = 1 - (double) i / steps;
            expected[i] = Math.exp(mu) / (Math.exp(mu) + (1 / level - 1));
        }
        assertLevels(expected, schedule(FLUX_DEV, new Scheduler.Run(steps, tokens, true)).sigmas());
    }

    @Test
    void leavesTheLevelsOfFluxSchnellEven() {
        assertLevels(new double[] {1, 0.75, 0.5, 0.25}, schedule(FLUX_SCHNELL, new Scheduler.Run(4, 4096, true)).sigmas());
        assertLevels(new double[] {1, 0.75, 0.5, 0.25}, schedule(FLUX_SCHNELL, new Scheduler.Run(4, 64, true)).sigmas());
        assertEquals(750, schedule(FLUX_SCHNELL, new Scheduler.Run(4, 4096, true)).timestep(1));
    }

    /** Evenly down to the least level trained on, which is shifted already, and each shifted once more. */
    @ParameterizedTest(name = "{0} steps")
    @ValueSource(ints = {2, 4, 28, 50})
    void shiftsTheLevelsOfStableDiffusion3Statically(int steps) {
        double least = 3 * 0.001 / (1 + 2 * 0.001);
        double[] expected = new double[steps];
        for (int i = 0; i < steps; i++) {
            double level = 1 - i * (1 - least) / (steps - 1);
            expected[i] = 3 * level / (1 + 2 * level);
        }
        assertLevels(expected, schedule(Map.of("shift", 3.0, "num_train_timesteps", 1000), new Scheduler.Run(steps, 4096, false)).sigmas());
        assertLevels(expected, schedule(Map.of("shift", 3.0), new Scheduler.Run(steps, 64, false)).sigmas());
    }

    @Test
    void refusesAShiftOfNothing() {
        assertRefused("shift: found 0.0; expected above 0", Map.of("shift", 0.0), 4);
    }

    @Test
    void refusesNoSlopeForDynamicShifting() {
        assertRefused("max_image_seq_len: found 256, which is base_image_seq_len; expected another",
            Map.of("use_dynamic_shifting", true, "max_image_seq_len", 256), 4);
    }

    @Test
    void refusesALinearShiftBelowNothing() {
        assertRefused("base_shift: found shift -2.5 for 64 tokens; expected above 0",
            Map.of("use_dynamic_shifting", true, "time_shift_type", "linear", "base_shift", -2.5, "max_shift", -2.5), 4);
    }

    @Test
    void refusesAnUnknownShift() {
        assertRefused("time_shift_type: found quadratic; expected one of [exponential, linear]", Map.of("time_shift_type", "quadratic"), 4);
    }

    @Test
    void refusesInvertedLevels() {
        assertRefused("invert_sigmas: found true; expected one of [false]", Map.of("invert_sigmas", true), 4);
    }

    @Test
    void refusesToStretchASingleLevel() {
        assertRefused("sigmas: found NaN at step 0; expected a finite one above 0",
            Map.of("use_dynamic_shifting", true, "shift_terminal", 0.1), 1);
    }

    @Test
    void refusesBetaLevels() {
        assertRefused("use_beta_sigmas: found true; expected one of [false]", Map.of("use_beta_sigmas", true), 4);
    }
}
