package io.halftone.collector.reference.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.DType;
import io.halftone.quant.Collector;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReferenceMinMeanCollectorTest extends ReferenceCollectorContract {
    ReferenceMinMeanCollectorTest() {
        super("reference-min-mean", 1.5, 3.0, 3.75, 3.75, 0.8, 1.4, 2.4);
    }

    @Override
    protected Collector collector() {
        return new ReferenceMinMeanCollector();
    }

    @Test
    void explainsItself() {
        assertEquals("least of the buckets' sums over the number of buckets, in FLOAT16: 3.0; buckets 0 to 1 of 4, 12 executions", origin());
    }

    @Test
    void dividesByTheNumberOfBucketsHoweverManyExecutionsThereWere() {
        float[][] sixteenOfTwenty = new float[16 * 20][];
        Arrays.fill(sixteenOfTwenty, new float[] {5});
        assertEquals(4, fold(DType.FLOAT16, perTensor(20), sixteenOfTwenty).max());
    }

    @Test
    void roundsTheQuotientToTheTypeOfTheActivation() {
        // 0.8 lies between 0.7998046875 and 0.80029296875
        assertEquals(0.7998046875f, fold(DType.FLOAT16, perTensor(5), CALLS).max());
    }
}
