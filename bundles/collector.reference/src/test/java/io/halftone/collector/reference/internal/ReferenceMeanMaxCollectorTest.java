package io.halftone.collector.reference.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.quant.Collector;
import org.junit.jupiter.api.Test;

class ReferenceMeanMaxCollectorTest extends ReferenceCollectorContract {
    ReferenceMeanMaxCollectorTest() {
        super("reference-mean-max", 4.25, 5.5, 6, 6, 4.2, 4.0, 5);
    }

    @Override
    protected Collector collector() {
        return new ReferenceMeanMaxCollector();
    }

    @Test
    void explainsItself() {
        assertEquals("mean of the buckets' largest amax, in FLOAT16: 5.5; buckets 0 to 1 of 4, 12 executions", origin());
    }

    @Test
    void roundsTheMeanToTheTypeOfTheActivation() {
        // 2.3333 lies between 2.33203125 and 2.333984375
        assertEquals(2.333984375f, fold(DType.FLOAT16, perTensor(3), new float[] {1}, new float[] {2}, new float[] {4}).max());
        // and between 2.328125 and 2.34375
        assertEquals(2.328125f, fold(DType.BFLOAT16, perTensor(3), new float[] {1}, new float[] {2}, new float[] {4}).max());
    }

    @Test
    void sumsInFloat32() {
        // 120000 is no float16
        assertEquals(60000, fold(DType.FLOAT16, perTensor(2), new float[] {60000}, new float[] {60000}).max());
    }
}
