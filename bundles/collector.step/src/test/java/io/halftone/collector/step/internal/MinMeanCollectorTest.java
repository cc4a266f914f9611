package io.halftone.collector.step.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import org.junit.jupiter.api.Test;

class MinMeanCollectorTest extends StepCollectorContract {
    MinMeanCollectorTest() {
        super("min-mean");
    }

    @Override
    protected Collector collector() {
        return new MinMeanCollector();
    }

    @Test
    void isTheLeastMeanOverTheSteps() {
        // means 5, 4, 2, 2
        assertEquals(2, amax(1));
        assertEquals("least of 4 steps' mean amax: step 2, mean of 3 calls 2.0", origin(1));
    }

    @Test
    void countsTheFirstFractionOfTheSteps() {
        assertEquals(4, amax(0.5));
        assertEquals(5, amax(0.3));
    }

    @Test
    void sumsOfFloat16DoNotOverflow() {
        assertEquals(Range.of(40000), fold(DType.FLOAT16, perTensor(1), new float[] {40000}, new float[] {40000}));
    }

    @Test
    void sumsAreExact() {
        // (2^24 + 1 + 1) / 3; a float32 sum would lose each 1, and come to 5592405.5
        assertEquals(Range.of(5592406), fold(DType.FLOAT32, perTensor(1), new float[] {0x1p24f}, new float[] {1}, new float[] {1}));
    }
}
