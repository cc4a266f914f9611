package io.halftone.collector.histogram.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import java.lang.annotation.Annotation;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The tolerances of golden values are those of pytorch-quantization's tests: a bin of 1024, or of 2048, to the largest value. */
class PercentileCollectorTest extends HistogramCollectorContract {
    PercentileCollectorTest() {
        super("percentile");
    }

    @Override
    protected Collector collector() {
        return percentile(99.99, false);
    }

    @Test
    void isTheMagnitudeThatThePercentageDoesNotExceed() {
        assertEquals(89, amax(90, false, arange(0, 100, 1)), 100f / 1024);
        assertEquals(79, amax(80, false, arange(0, 100, 1)), 100f / 1024);
    }

    @Test
    void countsAllCalls() {
        assertEquals(97, amax(99, false, arange(0, 100, 1), arange(0, 50, 0.5f)), 100f / 1024);
    }

    @Test
    void signsDoNotCount() {
        float[] negative = arange(0, 100, 1);
        for (int i = 0; i < negative.length; i += 2) {
            negative[i] *= -1;
        }
        assertEquals(amax(90, false, arange(0, 100, 1)), amax(90, false, negative));
    }

    @Test
    void zerosCountUnlessTheyAreLeftOut() {
        float[] half = Arrays.copyOf(arange(1, 11, 1), 20);
        assertEquals(5, amax(50, true, half), 10f / 2048);
        assertEquals(5, amax(75, false, half), 10f / 2048);
    }

    @Test
    void hundredIsTheLargestExactly() {
        assertEquals(0.30000001f, amax(100, false, new float[] {0.1f, 0.30000001f, -0.2f}));
    }

    @Test
    void decimalFractionsAreExact() {
        // the second largest of 10000; 99.99 / 100 * 10000 is over 9999 in binary
        float[] row = new float[10000];
        Arrays.fill(row, 1);
        row[17] = 8;
        assertEquals(1, amax(99.99, false, row), 1f / 1024);
    }

    @Test
    void isOverZeroEvenWhereZerosAbound() {
        float[] row = new float[1000];
        row[3] = 1;
        assertEquals(0x1p-12f, amax(50, false, row), 0x1p-21f);
    }

    @Test
    void refusesPercentagesThatAreNone() {
        var e = assertThrows(IllegalArgumentException.class, () -> percentile(-10, false));
        assertEquals("percentage: found -10.0; expected a value in the range over 0, at most 100", e.getMessage());
        assertThrows(IllegalArgumentException.class, () -> percentile(200, false));
        assertThrows(IllegalArgumentException.class, () -> percentile(Double.NaN, false));
    }

    @Test
    void explainsItself() {
        Statistics seen = statistics(DType.FLOAT32, perTensor(1), 0, arange(0, 100, 1));
        assertEquals("percentile 90.0 of 100 magnitudes: 89.03125; largest magnitude of 1 calls 99.0",
            percentile(90, false).explain(seen, perTensor(1)));
        assertEquals("percentile 100.0 of 99 magnitudes, zeros left out: 99.0; largest magnitude of 1 calls 99.0",
            percentile(100, true).explain(seen, perTensor(1)));
    }

    @Test
    void itsConfigurationSaysWhatChangesRanges() {
        assertEquals("percentage 99.99, skip zeros false", percentile(99.99, false).configuration());
        assertEquals("percentage 50.0, skip zeros true", percentile(50, true).configuration());
        assertEquals("", new MseCollector().configuration());
    }

    @Test
    void bfloat16IsCountedAsItIs() {
        // 99 of 100 are 1; bfloat16 has 1 and 2
        float[] row = new float[100];
        Arrays.fill(row, 1);
        row[0] = 2;
        assertEquals(Range.of(2), fold(DType.BFLOAT16, perTensor(1), row));
    }

    private float amax(double percentage, boolean skipZeros, float[]... calls) {
        return percentile(percentage, skipZeros).range(statistics(DType.FLOAT32, perTensor(1), 0, calls), perTensor(1)).max();
    }

    private static PercentileCollector percentile(double percentage, boolean skipZeros) {
        return new PercentileCollector(new PercentileCollector.Config() {
            @Override
            public double percentage() {
                return percentage;
            }

            @Override
            public boolean skipZeros() {
                return skipZeros;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
                return PercentileCollector.Config.class;
            }
        });
    }
}
