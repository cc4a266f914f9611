package io.halftone.collector.histogram.internal;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;

/** One amax for the tensor, from how often each magnitude was seen in the counted steps. */
abstract class HistogramCollector implements Collector {
    private final String name;

    /**
     * A collector.
     *
     * @param name as messages have it
     */
    HistogramCollector(String name) {
        this.name = name;
    }

    /** The amax for magnitudes that are not all less than the least bin. */
    abstract Choice choose(Histogram histogram);

    /**
     * An amax.
     *
     * @param origin how it came about, as in "least divergence"
     */
    record Choice(float amax, String origin) {}

    @Override
    public <T> Fold<T> fold(EagerOps<T> ops, Request request, long batch) {
        if (request.channelAxis() != Request.NO_AXIS) {
            throw new IllegalArgumentException(name + ": found a request for one amax for each index of axis " + request.channelAxis()
                + "; expected one for the tensor");
        }
        return new HistogramFold<>(ops, request.countedSteps());
    }

    @Override
    public final Statistics merge(Statistics a, Statistics b) {
        return Histogram.of(name, a).merge(Histogram.of(name, b)).statistics();
    }

    @Override
    public final Range range(Statistics statistics, Request request) {
        return Range.of(choice(statistics).amax());
    }

    @Override
    public final String explain(Statistics statistics, Request request) {
        Choice choice = choice(statistics);
        Histogram histogram = Histogram.of(name, statistics);
        return choice.origin() + ": " + choice.amax() + "; largest magnitude of " + histogram.calls() + " calls " + histogram.amax();
    }

    private Choice choice(Statistics statistics) {
        Histogram histogram = Histogram.of(name, statistics);
        if (histogram.calls() == 0) {
            throw new CalibrationException(name + ": found no value; expected the site to run in a step that counts");
        }
        return histogram.bins().length == 0 ? new Choice(histogram.amax(), "all magnitudes less than any bin's") : choose(histogram);
    }

    private final class HistogramFold<T> implements Fold<T> {
        private final EagerOps<T> ops;
        private final int countedSteps;
        private final EagerOps.Cell<T> counts;
        private final EagerOps.Cell<T> amax;
        private long calls;

        private HistogramFold(EagerOps<T> ops, int countedSteps) {
            this.ops = ops;
            this.countedSteps = countedSteps;
            this.counts = ops.cell();
            this.amax = ops.cell();
        }

        @Override
        public void accept(T x, int step) {
            if (step >= countedSteps) {
                return;
            }
            T seen = ops.countMagnitudes(x, Histogram.BINS);
            counts.set(counts.isEmpty() ? seen : ops.add(counts.get(), seen));
            T largest = ops.cast(ops.magnitude(x), DType.FLOAT32);
            amax.set(amax.isEmpty() ? largest : ops.maximum(amax.get(), largest));
            calls++;
        }

        @Override
        public Statistics statistics() {
            if (calls == 0) {
                return Histogram.of(0, new long[Histogram.BINS.count()], 0).statistics();
            }
            float largest = ops.toFloats(amax.get())[0];
            if (!Float.isFinite(largest)) {
                throw new CalibrationException(name + ": found " + largest + " as the largest magnitude of " + calls + " calls; expected finite");
            }
            return Histogram.of(calls, ops.toLongs(counts.get()), largest).statistics();
        }

        @Override
        public void close() {
            counts.close();
            amax.close();
        }
    }
}
