package io.halftone.collector.histogram.internal;

import io.halftone.model.Named;
import io.halftone.quant.Collector;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * The threshold at which magnitudes of the counted steps, cut there and quantized to 128 levels, are least divergent
 * (Kullback-Leibler) from those that were seen. The levels are those of signed 8-bit integers; other formats want another
 * collector. Magnitudes are counted in up to 2048 bins of equal width, of which a threshold spans at least 128. The lowest bin,
 * where zeros are, counts as much as the one above it.
 * Source: S. Migacz, 8-bit Inference with TensorRT, GTC 2017; pytorch-quantization, {@code calib/histogram.py}.
 */
@Component(service = Collector.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("entropy")
public final class EntropyCollector extends HistogramCollector {
    private static final int LEVELS = 128;
    /** Divergences closer than this are equal, up to rounding; the larger threshold has it. */
    private static final double TIE = 1e-12;

    /** A collector. */
    public EntropyCollector() {
        super("entropy");
    }

    @Override
    Choice choose(Histogram histogram) {
        Linear linear = Linear.of(histogram);
        int best = linear.count();
        double least = Double.POSITIVE_INFINITY;
        for (int end = LEVELS; end <= linear.count(); end++) {
            double divergence = linear.divergence(end);
            if (divergence <= least + TIE) {
                best = end;
                least = Math.min(least, divergence);
            }
        }
        float amax = best == linear.count() ? histogram.amax() : (float) (best * linear.width());
        return new Choice(amax, "least divergence of " + LEVELS + " levels, " + (float) least);
    }

    /**
     * Bins of equal width, a power of two, so that each holds whole bins of the histogram. Prefixes have one element more than there
     * are bins.
     *
     * @param bins    counts
     * @param counted prefix sums of the counts
     * @param used    prefix sums of how many bins are not empty
     * @param logs    prefix sums of count * ln(count)
     */
    private record Linear(double width, long[] bins, long[] counted, int[] used, double[] logs) {
        static Linear of(Histogram histogram) {
            // the width of the histogram's own bins in the octave of the largest magnitude
            double width = Math.scalb(1.0, Math.getExponent(histogram.amax()) - Histogram.BINS.mantissaBits());
            long[] bins = new long[(int) (histogram.amax() / width) + 1];
            for (int i = 0; i < histogram.bins().length; i++) {
                bins[(int) (histogram.value(i) / width)] += histogram.bins()[i];
            }
            bins[0] = bins[1];
            long[] counted = new long[bins.length + 1];
            int[] used = new int[bins.length + 1];
            double[] logs = new double[bins.length + 1];
            for (int i = 0; i < bins.length; i++) {
                counted[i + 1] = counted[i] + bins[i];
                used[i + 1] = used[i] + (bins[i] == 0 ? 0 : 1);
                logs[i + 1] = logs[i] + xLogX(bins[i]);
            }
            return new Linear(width, bins, counted, used, logs);
        }

        int count() {
            return bins.length;
        }

        /**
         * sum p ln(p / q) over the bins before the end: p is the counts, those beyond the end added to the last of them; q is the
         * counts without these, each level's spread evenly over its bins that are not empty.
         */
        double divergence(int end) {
            long last = bins[end - 1];
            if (last == 0) {
                return Double.POSITIVE_INFINITY;   // q is 0 where p is not
            }
            double total = counted[bins.length];
            double inside = counted[end];
            double beyond = total - inside;
            double divergence = (logs[end] - xLogX(last) + xLogX(last + beyond)) / total - Math.log(total);
            int from = 0;
            for (int level = 1; level <= LEVELS; level++) {
                int to = (level * end + LEVELS - 1) / LEVELS;
                double seen = counted[to] - counted[from];
                if (seen > 0) {
                    double q = seen / (used[to] - used[from]) / inside;
                    divergence -= (level == LEVELS ? seen + beyond : seen) / total * Math.log(q);
                }
                from = to;
            }
            return divergence;
        }

        private static double xLogX(double x) {
            return x == 0 ? 0 : x * Math.log(x);
        }
    }
}
