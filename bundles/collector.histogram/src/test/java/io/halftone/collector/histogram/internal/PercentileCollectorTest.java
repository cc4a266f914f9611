package io.halftone.collector.histogram.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.api.Demand;
import io.halftone.api.Finding;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import io.halftone.testkit.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** Begins to fold. */
    private record Folding(Collector collector) implements Tensors.Work<Statistics> {
        @Override
        public <T> Statistics with(EagerOps<T> ops) {
            try (Collector.Fold<T> fold = collector.fold(ops, perTensor(1), 0)) {
                return fold.statistics();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "percentage | -10   | percentage: found -10.0; expected a value in the range over 0, at most 100",
        "percentage | 200   | percentage: found 200.0; expected a value in the range over 0, at most 100",
        "percentage | NaN   | percentage: found NaN; expected a value in the range over 0, at most 100",
        "percentage | most  | percentage: found most; expected a value in the range over 0, at most 100",
        "skipZeros  | maybe | skipZeros: found maybe; expected true or false",
        "percentile | 99    | found percentile; expected one of percentage, skipZeros"})
    void refusesWhatCannotBeConfigured(String key, String value, String message) {
        var collector = new PercentileCollector(Map.of("service.pid", PercentileCollector.PID, key, value));
        String line = "io.halftone.collector.percentile: " + message;

        assertEquals(line, assertThrows(IllegalArgumentException.class, collector::configuration).getMessage());
        assertEquals(line, assertThrows(IllegalArgumentException.class, () -> Tensors.run(DType.FLOAT32, new Folding(collector))).getMessage());
        Statistics seen = statistics(DType.FLOAT32, perTensor(1), 0, new float[] {1});
        assertEquals(line, assertThrows(IllegalArgumentException.class, () -> collector.range(seen, perTensor(1))).getMessage());
        Finding finding = collector.examine(Demand.NONE).get(0);
        assertEquals(Finding.Level.PROBLEM, finding.level());
        assertEquals(line, finding.found() + "; expected " + finding.expected());
    }

    @Test
    void takesTextsAndNumbersAndHasUsualValues() {
        assertEquals("percentage 99.99, skip zeros false", new PercentileCollector(Map.of("service.pid", PercentileCollector.PID)).configuration());
        assertEquals("percentage 50.0, skip zeros true", new PercentileCollector(Map.of("percentage", " 50 ", "skipZeros", "true")).configuration());
        assertEquals(List.of(), percentile(50, true).examine(Demand.NONE));
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
        return new PercentileCollector(Map.of("percentage", percentage, "skipZeros", skipZeros));
    }
}
