package io.halftone.quant;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.quant.Collector.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CollectorRequestTest {
    @ParameterizedTest
    @CsvSource({"20, 1, 20", "20, 0.35, 7", "20, 0.99, 19", "3, 0.5, 1", "1, 1, 1", "10, 0.1, 1"})
    void countsTheFirstStepsRoundedDown(int steps, double percentile, int counted) {
        assertEquals(counted, new Request(Request.NO_AXIS, steps, percentile).countedSteps());
    }

    @Test
    void refusesNoSteps() {
        var e = assertThrows(IllegalArgumentException.class, () -> new Request(Request.NO_AXIS, 0, 1));
        assertEquals("steps: found 0; expected >= 1", e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"20, 0", "20, -0.5", "20, 1.01", "20, NaN", "20, 0.04", "1, 0.99"})
    void refusesAFractionThatLeavesNoStep(int steps, double percentile) {
        var e = assertThrows(IllegalArgumentException.class, () -> new Request(-1, steps, percentile));
        assertEquals("percentile: found " + percentile + " of " + steps + " steps; expected over 0, at most 1, and at least one step", e.getMessage());
    }
}
