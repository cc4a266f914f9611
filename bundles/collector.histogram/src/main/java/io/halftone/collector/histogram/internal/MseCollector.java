package io.halftone.collector.histogram.internal;

import io.halftone.model.Named;
import io.halftone.quant.Collector;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * The threshold at which fake quantization of the magnitudes of the counted steps has the least mean squared error. Rounding is
 * that of signed 8-bit integers, 127 steps to the threshold; other formats want another collector. Thresholds are tried bin by
 * bin, from a sixteenth of the largest magnitude to that itself.
 * Source of the method: pytorch-quantization, {@code calib/histogram.py}.
 */
@Component(service = Collector.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("mse")
public final class MseCollector extends HistogramCollector {
    private static final int LEVELS = 127;
    private static final float LEAST_FRACTION = 1f / 16;

    /** A collector. */
    public MseCollector() {
        super("mse");
    }

    @Override
    Choice choose(Histogram histogram) {
        var moments = Moments.of(histogram);
        int lowest = Math.max(0, Histogram.BINS.bin(histogram.amax() * LEAST_FRACTION) - histogram.first());
        int best = lowest;
        double least = Double.POSITIVE_INFINITY;
        for (int i = lowest; i < histogram.bins().length; i++) {
            double error = moments.error(histogram.value(i));
            if (error <= least) {
                best = i;
                least = error;
            }
        }
        long total = histogram.zeros() + histogram.below() + moments.count[histogram.bins().length];
        // rounding can leave the least bit of nothing on either side of 0
        return new Choice(histogram.value(best), "least mean squared error of 8-bit integers, " + (float) (Math.max(0, least) / total));
    }

    /**
     * Sums over the bins before an index. Zeros have no error, and what is below the bins has the same at each threshold.
     *
     * @param count  of magnitudes
     * @param first  of magnitudes
     * @param second of their squares
     */
    private record Moments(Histogram histogram, long[] count, double[] first, double[] second) {
        static Moments of(Histogram histogram) {
            int bins = histogram.bins().length;
            var moments = new Moments(histogram, new long[bins + 1], new double[bins + 1], new double[bins + 1]);
            for (int i = 0; i < bins; i++) {
                double value = histogram.value(i);
                long n = histogram.bins()[i];
                moments.count[i + 1] = moments.count[i] + n;
                moments.first[i + 1] = moments.first[i] + n * value;
                moments.second[i + 1] = moments.second[i] + n * value * value;
            }
            return moments;
        }

        /** The squared error of all magnitudes, each rounded to the nearest of the levels up to the threshold. */
        double error(float threshold) {
            double step = (double) threshold / LEVELS;
            double error = 0;
            int from = 0;
            for (int level = 0; level <= LEVELS; level++) {
                int to = level == LEVELS ? count.length - 1 : Math.max(from, below((level + 0.5) * step));
                double value = level * step;
                // sum of (x - value)^2
                error += second[to] - second[from] - 2 * value * (first[to] - first[from]) + value * value * (count[to] - count[from]);
                from = to;
            }
            return error;
        }

        /** How many bins have values less than this. */
        private int below(double bound) {
            int i = Math.max(0, Histogram.BINS.bin((float) bound) - histogram.first());
            if (i >= histogram.bins().length) {
                return histogram.bins().length;
            }
            return histogram.value(i) < bound ? i + 1 : i;
        }
    }
}
