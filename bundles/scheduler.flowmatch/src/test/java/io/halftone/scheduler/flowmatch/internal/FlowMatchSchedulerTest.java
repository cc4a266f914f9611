package io.halftone.scheduler.flowmatch.internal;

import io.halftone.testkit.SchedulerContract;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlowMatchSchedulerTest extends SchedulerContract {
    FlowMatchSchedulerTest() {
        // exact but for exponentials and powers, which libraries round differently
        super(new FlowMatchScheduler(), "/flow-cases.json", 2e-7);
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
