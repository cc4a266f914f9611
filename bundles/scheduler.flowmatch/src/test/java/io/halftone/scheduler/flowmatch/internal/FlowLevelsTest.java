package io.halftone.scheduler.flowmatch.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.model.ModelConfig;
import io.halftone.pipeline.Scheduler;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The levels of both pipelines, whichever the shift; 2304 tokens are a picture of 768 by 768. */
class FlowLevelsTest {
    private static final int STEPS = 5;
    private static final long TOKENS = 2304;
    /** A line from 0.5 at 256 tokens to 1.15 at 4096. */
    private static final double MU = 0.5 + (2304 - 256) * 0.65 / 3840;

    private static double dynamic(double level) {
        return Math.exp(MU) / (Math.exp(MU) + (1 / level - 1));
    }

    private static double shifted(double shift, double level) {
        return shift * level / (1 + (shift - 1) * level);
    }

    /** Level i of an even way down to a last one. */
    private static double even(int i, double last) {
        return 1 - i * (1 - last) / (STEPS - 1);
    }

    private static float[] levels(boolean evenLevels, Map<String, ?> config) {
        return FlowLevels.read(ModelConfig.of("scheduler_config.json", config), new Scheduler.Run(STEPS, TOKENS, evenLevels));
    }

    private interface Level {
        double at(int i);
    }

    private static void assertLevels(Level expected, float[] found) {
        assertEquals(STEPS + 1, found.length);
        for (int i = 0; i < STEPS; i++) {
            // float32, after three or four roundings
            assertEquals(expected.at(i), found[i], 3e-7 * expected.at(i), "level " + i);
        }
        assertEquals(0, found[STEPS]);
    }

    @Test
    void movesEvenLevelsByTheSizeOfThePicture() {
        assertLevels(i -> dynamic(even(i, 0.2)), levels(true, Map.of("use_dynamic_shifting", true, "shift", 3.0)));
    }

    @Test
    void shiftsEvenLevelsOnce() {
        assertLevels(i -> shifted(3, even(i, 0.2)), levels(true, Map.of("shift", 3.0)));
    }

    @Test
    void leavesEvenLevelsAtAShiftOfOne() {
        assertLevels(i -> even(i, 0.2), levels(true, Map.of("shift", 1.0)));
    }

    @Test
    void movesTrainedLevelsByTheSizeOfThePictureOnce() {
        assertLevels(i -> dynamic(even(i, 0.001)), levels(false, Map.of("use_dynamic_shifting", true, "shift", 3.0)));
    }

    @Test
    void shiftsTrainedLevelsTwice() {
        assertLevels(i -> shifted(3, even(i, shifted(3, 0.001))), levels(false, Map.of("shift", 3.0)));
    }

    @Test
    void leavesTrainedLevelsAtAShiftOfOne() {
        assertLevels(i -> even(i, 0.001), levels(false, Map.of("shift", 1.0)));
    }
}
