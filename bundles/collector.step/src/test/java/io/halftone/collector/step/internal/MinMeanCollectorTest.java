package io.halftone.collector.step.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.testkit.CollectorContract;
import org.junit.jupiter.api.Test;

class MinMeanCollectorTest extends CollectorContract {
    /** The amax of twelve calls: three samples of four steps. */
    private static final float[][] CALLS = {{4}, {3}, {2}, {1}, {6}, {5}, {1}, {2}, {5}, {4}, {3}, {3}};

    @Override
    protected Collector collector() {
        return new MinMeanCollector();
    }

    @Test
    void isTheLeastMeanOverTheSteps() {
        // means 5, 4, 2, 2
        assertEquals(Range.of(2), fold(DType.FLOAT32, perTensor(4), CALLS));
    }

    @Test
    void countsTheFirstFractionOfTheSteps() {
        assertEquals(Range.of(4), fold(DType.FLOAT32, new Collector.Request(Collector.Request.NO_AXIS, 4, 0.5), CALLS));
        assertEquals(Range.of(5), fold(DType.FLOAT32, new Collector.Request(Collector.Request.NO_AXIS, 4, 0.3), CALLS));
    }

    @Test
    void sumsOfFloat16DoNotOverflow() {
        assertEquals(Range.of(40000), fold(DType.FLOAT16, perTensor(1), new float[] {40000}, new float[] {40000}));
    }

    @Test
    void refusesAStepWithoutAValue() {
        var e = assertThrows(CalibrationException.class, () -> fold(DType.FLOAT32, perTensor(2), new float[] {1}));
        assertEquals("min-mean: found no value at step 1; expected one in each of the first 2 steps", e.getMessage());
    }

    @Test
    void refusesAnAmaxForEachChannel() {
        var e = assertThrows(IllegalArgumentException.class, () -> fold(DType.FLOAT32, new Collector.Request(-1, 1, 1), new float[] {1}));
        assertEquals("min-mean: found a request for one amax for each index of axis -1; expected one for the tensor", e.getMessage());
    }
}
