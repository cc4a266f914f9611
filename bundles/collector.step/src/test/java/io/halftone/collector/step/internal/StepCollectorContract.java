package io.halftone.collector.step.internal;

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

/** What the collectors of this family have in common. */
abstract class StepCollectorContract extends CollectorContract {
    /** The amax of twelve calls: three samples of four steps. */
    static final float[][] CALLS = {{4}, {3}, {2}, {1}, {6}, {5}, {1}, {2}, {5}, {4}, {3}, {3}};

    private final String name;

    StepCollectorContract(String name) {
        this.name = name;
    }

    /** The amax of the calls, the first fraction of four steps. */
    final float amax(double percentile) {
        return fold(DType.FLOAT32, perTensor(4, percentile), CALLS).max();
    }

    /** How it came about. */
    final String origin(double percentile) {
        Collector.Request request = perTensor(4, percentile);
        return collector().explain(statistics(DType.FLOAT32, request, 0, CALLS), request);
    }

    @Test
    void refusesAStepWithoutAValue() {
        var e = assertThrows(CalibrationException.class, () -> fold(DType.FLOAT32, perTensor(2), new float[] {1}));
        assertEquals(name + ": found no value at step 1; expected one in each of the first 2 steps", e.getMessage());
    }

    @Test
    void refusesAnAmaxForEachChannel() {
        var e = assertThrows(IllegalArgumentException.class, () -> fold(DType.FLOAT32, new Collector.Request(-1, 1, 1), new float[] {1}));
        assertEquals(name + ": found a request for one amax for each index of axis -1; expected one for the tensor", e.getMessage());
    }

    @Test
    void namesTheStepThatIsNotFinite() {
        var e = assertThrows(CalibrationException.class, () -> fold(DType.FLOAT32, perTensor(2), new float[] {1}, new float[] {Float.NaN}));
        assertEquals(name + ": found an amax of NaN at step 1; expected finite", e.getMessage());
    }

    @Test
    void whatIsLeftOutNeedNotBeFinite() {
        assertEquals(Range.of(1), fold(DType.FLOAT32, perTensor(2, 0.5), new float[] {1}, new float[] {Float.POSITIVE_INFINITY}));
    }

    @Test
    void answersForFewerStepsThanWereSeen() {
        Statistics all = statistics(DType.FLOAT32, perTensor(4), 0, CALLS);
        assertEquals(Range.of(amax(0.5)), collector().range(all, perTensor(4, 0.5)));
        Statistics half = statistics(DType.FLOAT32, perTensor(4, 0.5), 0, CALLS);
        var e = assertThrows(CalibrationException.class, () -> collector().range(half, perTensor(4)));
        assertEquals(name + ": found no value at step 2; expected one in each of the first 4 steps", e.getMessage());
        e = assertThrows(CalibrationException.class, () -> collector().merge(all, half));
        assertEquals(name + ": found 2 counted steps; expected 4, as in another batch", e.getMessage());
    }

    @Test
    void refusesFiguresThatDoNotAgree() {
        Statistics own = statistics(DType.FLOAT32, perTensor(1), 0, new float[] {3}, new float[] {5});
        float[] least = own.values().get("least");
        float[] largest = own.values().get("largest");
        refuses(new Statistics(own.counts(), Map.of("least", largest, "largest", least)));
        refuses(new Statistics(own.counts(), Map.of("least", new float[0], "largest", largest)));
        refuses(new Statistics(own.counts(), Map.of("least", least, "largest", new float[] {5, 5})));
        refuses(new Statistics(own.counts(), Map.of("least", least, "largest", new float[] {Float.POSITIVE_INFINITY})));
        // the sum is 8: not that of one call, nor of three of at least 3
        for (long calls : new long[] {0, 1, 3}) {
            refuses(new Statistics(Map.of("calls", new long[] {calls}, "sums", own.counts().get("sums")), own.values()));
        }
    }

    @Test
    void callsMayDifferInType() {
        assertEquals(Range.of(3), Tensors.run(DType.FLOAT16, new Tensors.Work<>() {
            @Override
            public <T> Range with(EagerOps<T> ops) {
                try (Collector.Fold<T> fold = collector().fold(ops, perTensor(1), 0)) {
                    fold.accept(ops.constant(-3, DType.FLOAT16), 0);
                    fold.accept(ops.constant(3, DType.FLOAT32), 0);
                    return collector().range(fold.statistics(), perTensor(1));
                }
            }
        }));
    }

    @Test
    void aMissingStepMayComeFromAnotherBatch() {
        Statistics first = statistics(DType.FLOAT32, perTensor(2), 0, new float[] {3});
        Statistics both = statistics(DType.FLOAT32, perTensor(2), 1, new float[] {3}, new float[] {3});
        assertEquals(Range.of(3), collector().range(collector().merge(first, both), perTensor(2)));
    }
}
