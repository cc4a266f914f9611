package io.halftone.scheduler.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SpacingTest {
    private static ModelConfig config(Map<String, ?> values) {
        return ModelConfig.of("scheduler_config.json", values);
    }

    @Test
    void linspaceGoesFromTheLastToTheFirstUnrounded() {
        assertArrayEquals(new double[] {9, 4.5, 0}, Spacing.LINSPACE.timesteps(10, 3, 7));
    }

    @Test
    void leadingIsTheFirstOfEachPartPlusTheOffset() {
        assertArrayEquals(new double[] {7, 4, 1}, Spacing.LEADING.timesteps(10, 3, 1));
    }

    @Test
    void trailingIsTheLastOfEachPart() {
        assertArrayEquals(new double[] {9, 6, 2}, Spacing.TRAILING.timesteps(10, 3, 7));
    }

    @Test
    void trailingGivesAsManyAsAskedForWhereNumpyGivesOneMore() {
        // 1000 / (1000 / 61.0) is above 61 in float64
        double[] timesteps = Spacing.TRAILING.timesteps(1000, 61, 0);
        assertEquals(61, timesteps.length);
        assertEquals(15, timesteps[60]);
    }

    @Test
    void isReadFromTheConfiguration() {
        assertEquals(Spacing.TRAILING, Spacing.read(config(Map.of("timestep_spacing", "trailing")), Spacing.LEADING));
        assertEquals(Spacing.LEADING, Spacing.read(config(Map.of()), Spacing.LEADING));
    }

    @Test
    void refusesAnUnknownOne() {
        var refused = assertThrows(IllegalArgumentException.class,
            () -> Spacing.read(config(Map.of("timestep_spacing", "even")), Spacing.LEADING));
        assertEquals("scheduler_config.json: timestep_spacing: found even; expected one of [linspace, leading, trailing]", refused.getMessage());
    }
}
