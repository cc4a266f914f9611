package io.halftone.collector.histogram.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.quant.Collector;
import io.halftone.quant.Statistics;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MseCollectorTest extends HistogramCollectorContract {
    MseCollectorTest() {
        super("mse");
    }

    @Override
    protected Collector collector() {
        return new MseCollector();
    }

    @Test
    void followsTheManyRatherThanTheOne() {
        float amax = fold(DType.FLOAT32, perTensor(1), manyAndOne(255, 256)).max();
        assertTrue(amax - 255 < 256 - amax, "" + amax);
        amax = fold(DType.FLOAT32, perTensor(1), manyAndOne(512, 513)).max();
        assertTrue(amax - 512 < 513 - amax, "" + amax);
    }

    @Test
    void errorIsNoMoreThanThatOfCuttingTheOutlierOff() {
        float[] row = manyAndOne(1, 10);
        float amax = fold(DType.FLOAT32, perTensor(1), row).max();
        assertTrue(error(row, amax) <= error(row, 1), "" + amax);
    }

    @Test
    void errorIsTheLeastOfAllThresholds() {
        float[] row = new float[4000];
        Random random = new Random(3);
        for (int i = 0; i < row.length; i++) {
            row[i] = (float) random.nextGaussian();
        }
        row[7] = 12;
        float amax = fold(DType.FLOAT32, perTensor(1), row).max();
        double least = Double.POSITIVE_INFINITY;
        for (float threshold = 12; threshold > 0.75f; threshold *= 0.999f) {
            least = Math.min(least, error(row, threshold));
        }
        assertTrue(amax < 12, "" + amax);
        // magnitudes are known to 2^-11 of themselves, a sixteenth of a step at most
        assertEquals(least, error(row, amax), 0.01 * least);
    }

    @Test
    void explainsItself() {
        Statistics seen = statistics(DType.FLOAT32, perTensor(1), 0, new float[] {3, -3, 0});
        assertEquals("least mean squared error of 8-bit integers, 0.0: 3.0; largest magnitude of 1 calls 3.0",
            collector().explain(seen, perTensor(1)));
    }

    private static float[] manyAndOne(float many, float one) {
        float[] row = new float[1024];
        Arrays.fill(row, many);
        row[7] = one;
        return row;
    }

    /** The mean squared error of fake quantization to signed 8-bit integers. */
    private static double error(float[] row, double amax) {
        double sum = 0;
        for (float x : row) {
            double code = Math.max(-127, Math.min(127, Math.rint(x * 127 / amax)));
            sum += Math.pow(code * amax / 127 - x, 2);
        }
        return sum / row.length;
    }
}
