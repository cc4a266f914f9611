package io.halftone.collector.histogram.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import io.halftone.testkit.CollectorContract;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the collectors of this family have in common. */
abstract class HistogramCollectorContract extends CollectorContract {
    private final String name;

    HistogramCollectorContract(String name) {
        this.name = name;
    }

    /** from, from + step ... less than to. */
    static float[] arange(float from, float to, float step) {
        float[] row = new float[(int) Math.ceil((to - from) / step)];
        for (int i = 0; i < row.length; i++) {
            row[i] = from + i * step;
        }
        return row;
    }

    @Test
    void refusesAnAmaxForEachChannel() {
        var e = assertThrows(IllegalArgumentException.class, () -> fold(DType.FLOAT32, new Collector.Request(-1, 1, 1), new float[] {1}));
        assertEquals(name + ": found a request for one amax for each index of axis -1; expected one for the tensor", e.getMessage());
    }

    @Test
    void refusesFiguresThatDoNotAgree() {
        Statistics own = statistics(DType.FLOAT32, perTensor(1), 0, new float[] {1, 2, 3});
        // bins end at that of another magnitude, or are none; amax is not finite, is none, or two
        for (float[] amax : new float[][] {{5}, {0}, {Float.POSITIVE_INFINITY}, {}, {3, 3}}) {
            refuses(new Statistics(own.counts(), Map.of("amax", amax)));
        }
        Map<String, long[]> counts = new HashMap<>(own.counts());
        // more calls than magnitudes, none, and a total that does not fit
        counts.put("calls", new long[] {4});
        refuses(new Statistics(counts, own.values()));
        counts.put("calls", new long[] {0});
        refuses(new Statistics(counts, own.values()));
        counts.put("calls", new long[] {1});
        counts.put("zeros", new long[] {Long.MAX_VALUE});
        refuses(new Statistics(counts, own.values()));
    }

    @Test
    void leavesOutStepsBeyondThePercentile() {
        assertEquals(Range.of(2), fold(DType.FLOAT32, perTensor(4, 0.5), new float[] {2}, new float[] {2}, new float[] {9}, new float[] {Float.NaN}));
    }

    @Test
    void namesWhatIsNotFinite() {
        var e = assertThrows(CalibrationException.class, () -> fold(DType.FLOAT32, perTensor(1), new float[] {1}, new float[] {Float.NaN}));
        assertEquals(name + ": found NaN as the largest magnitude of 2 calls; expected finite", e.getMessage());
    }

    @Test
    void magnitudesLessThanAnyBinsHaveTheLargestForRange() {
        assertEquals(Range.of(3e-7f), fold(DType.FLOAT32, perTensor(1), new float[] {1e-7f, -3e-7f}));
        var statistics = statistics(DType.FLOAT32, perTensor(1), 0, new float[] {1e-7f, -3e-7f});
        assertEquals("all magnitudes less than any bin's: 3.0E-7; largest magnitude of 1 calls 3.0E-7", collector().explain(statistics, perTensor(1)));
    }
}
