package io.halftone.itests.plugin;

import io.halftone.ops.EagerOps;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import java.util.function.BinaryOperator;

/** The largest magnitude of all. What it decides with, a class and a lambda, is first used when all batches are done. */
public final class PeakCollector implements Collector {
    @Override
    public <T> Fold<T> fold(EagerOps<T> ops, Request request, long batch) {
        return new PeakFold<>(ops);
    }

    @Override
    public Statistics merge(Statistics a, Statistics b) {
        return Statistics.ofValues("peak", Math.max(peak(a), peak(b)));
    }

    @Override
    public Range range(Statistics statistics, Request request) {
        return Range.of(Decision.of(peak(statistics)).value());
    }

    @Override
    public String explain(Statistics statistics, Request request) {
        return "peak " + peak(statistics);
    }

    private static float peak(Statistics statistics) {
        return statistics.values().get("peak")[0];
    }

    /** First used when all batches are done. */
    private record Decision(float value) {
        static Decision of(float peak) {
            BinaryOperator<Decision> larger = (a, b) -> a.value > b.value ? a : b;
            return larger.apply(new Decision(peak), new Decision(Float.MIN_NORMAL));
        }
    }

    private static final class PeakFold<T> implements Fold<T> {
        private final EagerOps<T> ops;
        private float peak;

        private PeakFold(EagerOps<T> ops) {
            this.ops = ops;
        }

        @Override
        public void accept(T x, int step) {
            peak = Math.max(peak, ops.toFloats(ops.magnitude(x))[0]);
        }

        @Override
        public Statistics statistics() {
            return Statistics.ofValues("peak", peak);
        }

        @Override
        public void close() {
            // keeps nothing on the device
        }
    }
}
