package io.halftone.collector.step.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import org.junit.jupiter.api.Test;

class MeanMaxCollectorTest extends StepCollectorContract {
    MeanMaxCollectorTest() {
        super("mean-max");
    }

    @Override
    protected Collector collector() {
        return new MeanMaxCollector();
    }

    @Test
    void isTheMeanOfTheStepsLargest() {
        // largest 6, 5, 3, 3
        assertEquals(4.25, amax(1));
        assertEquals("mean of 4 steps' largest amax: 4.25, from 3.0 at step 2 to 6.0 at step 0", origin(1));
    }

    @Test
    void countsTheFirstFractionOfTheSteps() {
        assertEquals(5.5, amax(0.5));
        assertEquals(6, amax(0.3));
    }

    @Test
    void meanIsExact() {
        // a float32 sum would lose each 1 beside 2^24
        assertEquals(Range.of(5592406), fold(DType.FLOAT32, perTensor(3), new float[] {0x1p24f}, new float[] {1}, new float[] {1}));
    }
}
