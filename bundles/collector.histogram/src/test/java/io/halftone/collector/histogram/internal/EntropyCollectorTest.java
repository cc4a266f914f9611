package io.halftone.collector.histogram.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntropyCollectorTest extends HistogramCollectorContract {
    EntropyCollectorTest() {
        super("entropy");
    }

    @Override
    protected Collector collector() {
        return new EntropyCollector();
    }

    @Test
    void cutsAnOutlierOff() {
        float[] row = uniform(11 * 7 * 3 * 3);
        row[100] = 10;
        float amax = fold(DType.FLOAT32, perTensor(1), row).max();
        assertTrue(amax < 1.1f && amax > 0.9f, "" + amax);
    }

    @Test
    void keepsTheWholeOfAUniformDistribution() {
        float[] row = uniform(20000);
        row[0] = 1;
        assertEquals(1, fold(DType.FLOAT32, perTensor(1), row).max(), 0.02f);
    }

    @Test
    void ofEqualThresholdsItIsTheLargest() {
        // cut at 1, all is in one bin and nothing diverges either
        assertEquals(Range.of(3), fold(DType.FLOAT32, perTensor(1), new float[] {1, -3, 2}));
    }

    @Test
    void divergesAsTheDefinitionSays() {
        // p as seen, q each level's count spread over its used bins: computed the long way
        float[] row = new float[500];
        Random random = new Random(3);
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) Math.abs(random.nextGaussian());
        }
        Statistics seen = statistics(DType.FLOAT32, perTensor(1), 0, row);
        assertEquals(plain(row), collector().range(seen, perTensor(1)).max());
    }

    @Test
    void explainsItself() {
        Statistics seen = statistics(DType.FLOAT32, perTensor(1), 0, new float[] {3, -3, 3});
        assertEquals("least divergence of 128 levels, 0.0: 3.0; largest magnitude of 1 calls 3.0", collector().explain(seen, perTensor(1)));
    }

    private static float[] uniform(int count) {
        Random random = new Random(12345);
        float[] row = new float[count];
        for (int i = 0; i < row.length; i++) {
            row[i] = random.nextFloat();
        }
        return row;
    }

    private static float plain(float[] row) {
        float amax = 0;
        for (float x : row) {
            amax = Math.max(amax, x);
        }
        double width = Math.scalb(1.0, Math.getExponent(amax) - 10);
        double[] bins = new double[(int) (amax / width) + 1];
        for (float x : row) {
            bins[(int) (x / width)]++;
        }
        bins[0] = bins[1];
        double total = 0;
        for (double count : bins) {
            total += count;
        }
        double least = Double.POSITIVE_INFINITY;
        float best = amax;
        for (int end = 128; end <= bins.length; end++) {
            double[] p = new double[end];
            double[] level = new double[128];
            int[] used = new int[128];
            double inside = 0;
            for (int i = 0; i < end; i++) {
                p[i] = bins[i];
                inside += bins[i];
                if (bins[i] > 0) {
                    level[i * 128 / end] += bins[i];
                    used[i * 128 / end]++;
                }
            }
            p[end - 1] += total - inside;
            double divergence = 0;
            for (int i = 0; i < end; i++) {
                if (p[i] > 0) {
                    double q = bins[i] == 0 ? 0 : level[i * 128 / end] / used[i * 128 / end] / inside;
                    divergence += p[i] / total * Math.log(p[i] / total / q);
                }
            }
            if (divergence <= least) {
                least = divergence;
                best = end == bins.length ? amax : (float) (end * width);
            }
        }
        return best;
    }
}
