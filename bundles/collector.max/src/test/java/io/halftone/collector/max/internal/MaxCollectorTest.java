package io.halftone.collector.max.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import io.halftone.testkit.CollectorContract;
import io.halftone.testkit.Tensors;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaxCollectorTest extends CollectorContract {
    private static final Collector.Request PER_CHANNEL = new Collector.Request(-1, 1, 1);

    @Override
    protected Collector collector() {
        return new MaxCollector();
    }

    @Test
    void keepsTheLargestOfAllCalls() {
        assertEquals(Range.of(6), fold(DType.FLOAT32, perTensor(2), new float[] {4, -1}, new float[] {-6}, new float[] {5}));
    }

    /** More than are kept until the largest of them is taken. */
    @Test
    void keepsTheLargestOfManyCalls() {
        float[][] calls = new float[300][];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = new float[] {i % 7, i == 70 ? -90 : 1};
        }
        assertEquals(Range.of(90), fold(DType.FLOAT32, perTensor(calls.length), calls));
        calls[3][0] = 91;
        calls[299][0] = 92;
        assertEquals(new Range(new float[] {92, 90}, 1), fold(DType.FLOAT32, PER_CHANNEL, calls));
    }

    @Test
    void keepsOneAmaxForEachChannel() {
        assertEquals(new Range(new float[] {4, 7}, 1), fold(DType.FLOAT32, PER_CHANNEL, new float[] {4, -1}, new float[] {2, -7}));
    }

    @Test
    void mergesChannelByChannel() {
        Statistics first = statistics(DType.FLOAT16, PER_CHANNEL, 0, new float[] {4, -1});
        Statistics second = statistics(DType.FLOAT16, PER_CHANNEL, 1, new float[] {2, -7});
        Statistics merged = collector().merge(first, second);
        assertEquals(new Range(new float[] {4, 7}, 1), collector().range(merged, PER_CHANNEL));
        assertEquals("largest magnitude of 2 calls in each of 2 channels: at most 7.0", collector().explain(merged, PER_CHANNEL));
    }

    @Test
    void refusesChannelsThatChange() {
        var e = assertThrows(CalibrationException.class, () -> fold(DType.FLOAT32, PER_CHANNEL, new float[] {4, -1}, new float[] {2}));
        assertEquals("max: found 1 channels on axis 1; expected 2 on axis 1, as in the call before", e.getMessage());
        Statistics two = statistics(DType.FLOAT32, PER_CHANNEL, 0, new float[] {4, -1});
        Statistics three = statistics(DType.FLOAT32, PER_CHANNEL, 1, new float[] {4, -1, 2});
        e = assertThrows(CalibrationException.class, () -> collector().merge(two, three));
        assertEquals("max: found 3 amax on axis 1; expected 2 on axis 1, as in another batch", e.getMessage());
    }

    @Test
    void namesWhatIsNotItsOwn() {
        var e = assertThrows(CalibrationException.class, () -> collector().range(Statistics.ofCounts("calls", 1), perTensor(1)));
        assertEquals("max: found statistics [calls] []; expected statistics of this collector", e.getMessage());
        var none = new Statistics(Map.of("calls", new long[] {1}, "axis", new long[] {0}), Map.of("amax", new float[] {2, Float.NaN}));
        e = assertThrows(CalibrationException.class, () -> collector().merge(none, none));
        assertEquals("max: found an amax of NaN; expected statistics of this collector", e.getMessage());
        refuses(new Statistics(none.counts(), Map.of("amax", new float[0])));
        refuses(new Statistics(none.counts(), Map.of("amax", new float[] {Float.POSITIVE_INFINITY})));
    }

    @Test
    void refusesChannelsWhereOneAmaxIsAskedFor() {
        Statistics channels = statistics(DType.FLOAT32, PER_CHANNEL, 0, new float[] {4, -1});
        var e = assertThrows(CalibrationException.class, () -> collector().range(channels, perTensor(1)));
        assertEquals("max: found 2 amax on axis 1; expected one for the tensor", e.getMessage());
    }

    @Test
    void leavesOutStepsBeyondThePercentile() {
        assertEquals(Range.of(2), fold(DType.FLOAT32, perTensor(4, 0.5), new float[] {1}, new float[] {2}, new float[] {9}, new float[] {8}));
    }

    @Test
    void whatIsLeftOutNeedNotBeFinite() {
        assertEquals(Range.of(1), fold(DType.FLOAT32, perTensor(2, 0.5), new float[] {1}, new float[] {Float.NaN}));
    }

    @Test
    void float16ValuesAreExactInFloat32() {
        assertEquals(Range.of(65504), fold(DType.FLOAT16, perTensor(1), new float[] {65504}));
    }

    @Test
    void callsMayDifferInType() {
        assertEquals(Range.of(0.1f), Tensors.run(DType.FLOAT16, new Tensors.Work<>() {
            @Override
            public <T> Range with(EagerOps<T> ops) {
                try (Collector.Fold<T> fold = collector().fold(ops, perTensor(1), 0)) {
                    fold.accept(ops.constant(-0.0999, DType.FLOAT16), 0);
                    fold.accept(ops.constant(0.1, DType.FLOAT32), 0);
                    fold.accept(ops.constant(0.0999, DType.FLOAT16), 0);
                    return collector().range(fold.statistics(), perTensor(1));
                }
            }
        }));
    }

    @Test
    void saysHowManyCallsThereWere() {
        Statistics seen = statistics(DType.FLOAT32, perTensor(2), 0, new float[] {4, -1}, new float[] {-6}, new float[] {5});
        assertEquals("largest magnitude of 3 calls: 6.0", collector().explain(seen, perTensor(2)));
    }

    @Test
    void saysThatNothingRan() {
        var e = assertThrows(CalibrationException.class, () -> fold(DType.FLOAT32, perTensor(4, 0.5)));
        assertEquals("max: found no value; expected the site to run in a step that counts", e.getMessage());
    }

    @Test
    void namesWhatIsNotFinite() {
        var e = assertThrows(CalibrationException.class, () -> fold(DType.FLOAT32, perTensor(1), new float[] {1}, new float[] {Float.NaN}));
        assertEquals("max: found NaN as the largest magnitude of 2 calls; expected finite", e.getMessage());
    }
}
