package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import io.halftone.testkit.CollectorContract;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ${className}CollectorTest extends CollectorContract {
    @Override
    protected Collector collector() {
        return new ${className}Collector();
    }

    @Test
    void isTheMedianOfTheStepsLargest() {
        // one call for each of five steps
        assertEquals(Range.of(3), fold(DType.FLOAT32, perTensor(5), row(3), row(900), row(-4), row(1), row(2)));
    }

    @Test
    void aStepHasTheLargestOfItsCalls() {
        // calls 0 and 3 are of step 0, and so on
        assertEquals(Range.of(5), fold(DType.FLOAT32, perTensor(3), row(1), row(5), row(2), row(9), row(3), row(4)));
    }

    @Test
    void ofAnEvenNumberTakesTheLower() {
        assertEquals(Range.of(2), fold(DType.FLOAT32, perTensor(4), row(1), row(2), row(3), row(4)));
    }

    @Test
    void leavesOutStepsBeyondThePercentile() {
        assertEquals(Range.of(1), fold(DType.FLOAT32, perTensor(4, 0.25), row(1), row(2), row(3), row(4)));
    }

    @Test
    void saysHowItCameAbout() {
        Statistics seen = statistics(DType.FLOAT32, perTensor(3), 0, row(4), row(1), row(2));
        assertEquals("median of 3 steps' largest magnitudes: 2.0, from 1.0 to 4.0", collector().explain(seen, perTensor(3)));
    }

    @Test
    void refusesStepsWithoutCallsThatHaveAMagnitude() {
        refuses(new Statistics(Map.of("calls", new long[] {0}), Map.of("largest", new float[] {1})));
    }

    @Test
    void refusesBatchesOfOtherSteps() {
        Statistics one = statistics(DType.FLOAT32, perTensor(1), 0, row(1));
        Statistics two = statistics(DType.FLOAT32, perTensor(2), 1, row(1), row(2));
        var e = assertThrows(CalibrationException.class, () -> collector().merge(one, two));
        assertEquals("${pluginName}: found 2 counted steps; expected 1, as in another batch", e.getMessage());
    }

    @Test
    void refusesARequestForChannels() {
        var request = new Collector.Request(-1, 1, 1);
        var e = assertThrows(IllegalArgumentException.class, () -> fold(DType.FLOAT32, request, row(1)));
        assertEquals("${pluginName}: found a request for one amax for each index of axis -1; expected one for the tensor", e.getMessage());
    }

    private static float[] row(float magnitude) {
        return new float[] {0, magnitude, magnitude / 2};
    }
}
