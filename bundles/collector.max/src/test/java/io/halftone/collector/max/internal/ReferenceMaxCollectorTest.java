package io.halftone.collector.max.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.halftone.ops.DType;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.testkit.CollectorContract;
import org.junit.jupiter.api.Test;

class ReferenceMaxCollectorTest extends CollectorContract {
    @Override
    protected Collector collector() {
        return new ReferenceMaxCollector();
    }

    @Test
    void countsAllStepsWhateverThePercentile() {
        assertFalse(collector().usesPercentile());
        assertEquals(Range.of(9), fold(DType.FLOAT32, perTensor(4, 0.5), new float[] {1}, new float[] {2}, new float[] {9}, new float[] {8}));
    }

    @Test
    void keepsOneAmaxForEachChannel() {
        var request = new Collector.Request(-1, 2, 0.5);
        assertEquals(new Range(new float[] {4, 7}, 1), fold(DType.FLOAT16, request, new float[] {4, -1}, new float[] {2, -7}));
    }
}
