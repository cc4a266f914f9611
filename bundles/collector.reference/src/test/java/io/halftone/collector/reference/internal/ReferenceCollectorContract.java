package io.halftone.collector.reference.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import io.halftone.testkit.CollectorContract;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What the collectors of this family have in common, and the calls that golden values are of. These were made by the original
 * class with PyTorch 2.13 on the CPU, fed with scalars.
 */
abstract class ReferenceCollectorContract extends CollectorContract {
    /** The amax of twelve executions: three samples of four steps. */
    static final float[][] CALLS = {{4}, {3}, {2}, {1}, {6}, {5}, {1}, {2}, {5}, {4}, {3}, {3}};

    private final String name;
    /** With 4 buckets at 1, 0.5, 0.3, 0.25, then with 5 at 1, 0.5, 0.3. */
    private final float[] golden;

    ReferenceCollectorContract(String name, double... golden) {
        this.name = name;
        this.golden = new float[golden.length];
        for (int i = 0; i < golden.length; i++) {
            this.golden[i] = (float) golden[i];
        }
    }

    @Override
    protected final boolean isFreeOfOrder() {
        return false;
    }

    @Test
    void givesWhatTheOriginalGives() {
        double[] percentiles = {1, 0.5, 0.3, 0.25, 1, 0.5, 0.3};
        for (int i = 0; i < percentiles.length; i++) {
            Collector.Request request = perTensor(i < 4 ? 4 : 5, percentiles[i]);
            assertEquals(Range.of(golden[i]), fold(DType.FLOAT32, request, CALLS), request.toString());
        }
    }

    @Test
    void refusesAPercentileThatLeavesNoBucket() {
        var e = assertThrows(IllegalArgumentException.class, () -> perTensor(4, 0.2));
        assertEquals("percentile: found 0.2 of 4 steps; expected over 0, at most 1, and at least one step", e.getMessage());
    }

    @Test
    void theStepOfTheSchedulerDoesNotCount() {
        // rows go to steps modulo 4 and to buckets modulo 5; the statistics are the same
        Statistics four = statistics(DType.FLOAT32, perTensor(4), 0, CALLS);
        assertEquals(statistics(DType.FLOAT32, perTensor(5), 0, CALLS), four);
        assertEquals(Range.of(golden[4]), collector().range(four, perTensor(5)));
    }

    @Test
    void numbersExecutionsOverAllBatches() {
        Statistics first = statistics(DType.FLOAT32, perTensor(5), 0, Arrays.copyOfRange(CALLS, 0, 3));
        Statistics empty = statistics(DType.FLOAT32, perTensor(5), 1);
        Statistics second = statistics(DType.FLOAT32, perTensor(5), 9, Arrays.copyOfRange(CALLS, 3, 8));
        Statistics third = statistics(DType.FLOAT32, perTensor(5), 10, Arrays.copyOfRange(CALLS, 8, 12));
        Statistics merged = collector().merge(third, collector().merge(second, collector().merge(empty, first)));
        assertEquals(Range.of(golden[4]), collector().range(merged, perTensor(5)));
    }

    @Test
    void refusesABatchThatComesTwice() {
        Statistics batch = statistics(DType.FLOAT32, perTensor(1), 3, CALLS);
        var e = assertThrows(CalibrationException.class, () -> collector().merge(batch, batch));
        assertEquals(name + ": found batch 3 twice; expected each batch once", e.getMessage());
    }

    @Test
    void refusesWhatNamesNoBatchOrFitsNoType() {
        Map<String, long[]> half = Map.of("precision", new long[] {1});
        for (String batch : new String[] {"-1", "+1", "01", "1.0", ""}) {
            refuses(new Statistics(half, Map.of(batch, new float[] {1})));
        }
        // float16 has no 2049
        refuses(new Statistics(half, Map.of("0", new float[] {2049})));
        refuses(new Statistics(Map.of("precision", new long[] {3}), Map.of("0", new float[] {1})));
    }

    @Test
    void refusesTypesThatChange() {
        Statistics wide = statistics(DType.FLOAT32, perTensor(1), 0, CALLS);
        Statistics half = statistics(DType.FLOAT16, perTensor(1), 1, CALLS);
        var e = assertThrows(CalibrationException.class, () -> collector().merge(wide, half));
        assertEquals(name + ": found activations of FLOAT16; expected FLOAT32, as in another batch", e.getMessage());
    }

    @Test
    void refusesABucketWithoutAnExecution() {
        var e = assertThrows(CalibrationException.class, () -> fold(DType.FLOAT32, perTensor(4), new float[] {1}, new float[] {2}));
        assertEquals(name + ": found 2 executions; expected at least 4, one for each bucket that counts", e.getMessage());
    }

    @Test
    void refusesAnAmaxForEachChannel() {
        var e = assertThrows(IllegalArgumentException.class, () -> fold(DType.FLOAT32, new Collector.Request(-1, 1, 1), new float[] {1}));
        assertEquals(name + ": found a request for one amax for each index of axis -1; expected one for the tensor", e.getMessage());
    }

    @Test
    void fractionsOfStepsAreCutOffInBinary() {
        // 100 * 0.29 is 28.999... : bucket 28, with the least of all, does not count
        float[][] calls = new float[100][];
        Arrays.fill(calls, new float[] {200});
        calls[28] = new float[] {100};
        float[][] even = new float[100][];
        Arrays.fill(even, new float[] {200});
        assertEquals(fold(DType.FLOAT32, perTensor(100, 0.29), even), fold(DType.FLOAT32, perTensor(100, 0.29), calls));
    }

    /** The line for the golden calls, four buckets of which two count. */
    final String origin() {
        return collector().explain(statistics(DType.FLOAT16, perTensor(4), 0, CALLS), perTensor(4, 0.5));
    }

    /** The amax of such executions, all in one bucket, in float16. */
    final float inOneBucket(float... executions) {
        float[][] calls = new float[executions.length][];
        for (int i = 0; i < calls.length; i++) {
            calls[i] = new float[] {executions[i]};
        }
        return fold(DType.FLOAT16, perTensor(1), calls).max();
    }
}
