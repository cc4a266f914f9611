package io.halftone.collector.max.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.testkit.CollectorContract;
import org.junit.jupiter.api.Test;

class MaxCollectorTest extends CollectorContract {
    @Override
    protected Collector collector() {
        return new MaxCollector();
    }

    @Test
    void keepsTheLargestOfAllCalls() {
        assertEquals(Range.of(6), fold(DType.FLOAT32, perTensor(2), new float[] {4, -1}, new float[] {-6}, new float[] {5}));
    }

    @Test
    void keepsOneAmaxForEachChannel() {
        var request = new Collector.Request(-1, 1, 1);
        assertEquals(new Range(new float[] {4, 7}, 1), fold(DType.FLOAT32, request, new float[] {4, -1}, new float[] {2, -7}));
    }

    @Test
    void leavesOutStepsBeyondThePercentile() {
        var request = new Collector.Request(Collector.Request.NO_AXIS, 4, 0.5);
        assertEquals(Range.of(2), fold(DType.FLOAT32, request, new float[] {1}, new float[] {2}, new float[] {9}, new float[] {8}));
    }

    @Test
    void float16ValuesAreExactInFloat32() {
        assertEquals(Range.of(65504), fold(DType.FLOAT16, perTensor(1), new float[] {65504}));
    }
}
