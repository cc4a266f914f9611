package io.halftone.collector.step.internal;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntToDoubleFunction;

/** One amax for the tensor, from the largest magnitudes of the calls of each denoising step. Each counted step must have a call. */
abstract class StepCollector implements Collector {
    private final String name;

    /**
     * A collector.
     *
     * @param name as messages have it
     */
    StepCollector(String name) {
        this.name = name;
    }

    /** The range of steps that all have a call. */
    abstract float amax(StepAmax seen, int steps);

    /** How it came about. */
    abstract String explain(StepAmax seen, int steps);

    @Override
    public final <T> Fold<T> fold(EagerOps<T> ops, Request request, long batch) {
        if (request.channelAxis() != Request.NO_AXIS) {
            throw new IllegalArgumentException(name + ": found a request for one amax for each index of axis " + request.channelAxis()
                + "; expected one for the tensor");
        }
        return new StepFold<>(ops, request.countedSteps());
    }

    @Override
    public final Statistics merge(Statistics a, Statistics b) {
        StepAmax both = StepAmax.of(name, a);
        both.add(name, StepAmax.of(name, b));
        return both.statistics();
    }

    @Override
    public final Range range(Statistics statistics, Request request) {
        return Range.of(amax(seen(statistics, request), request.countedSteps()));
    }

    @Override
    public final String explain(Statistics statistics, Request request) {
        return explain(seen(statistics, request), request.countedSteps());
    }

    private StepAmax seen(Statistics statistics, Request request) {
        StepAmax seen = StepAmax.of(name, statistics);
        int counted = request.countedSteps();
        for (int step = 0; step < counted; step++) {
            if (step >= seen.steps() || seen.calls()[step] == 0) {
                throw new CalibrationException(name + ": found no value at step " + step + "; expected one in each of the first " + counted
                    + " steps");
            }
        }
        return seen;
    }

    /** The step with the least figure, the first of several. */
    static int least(int steps, IntToDoubleFunction figure) {
        int least = 0;
        double leastFigure = figure.applyAsDouble(0);
        for (int step = 1; step < steps; step++) {
            double next = figure.applyAsDouble(step);
            if (next < leastFigure) {
                least = step;
                leastFigure = next;
            }
        }
        return least;
    }

    /** Keeps the amax of each call on the device, and reads all of them at once. */
    private final class StepFold<T> implements Reducing<T> {
        private final EagerOps<T> ops;
        private final int countedSteps;
        private final List<Integer> steps = new ArrayList<>();
        private final List<EagerOps.Cell<T>> amax = new ArrayList<>();
        private final Set<DType> types = EnumSet.noneOf(DType.class);

        private StepFold(EagerOps<T> ops, int countedSteps) {
            this.ops = ops;
            this.countedSteps = countedSteps;
        }

        @Override
        public void accept(T x, int step) {
            if (step < countedSteps) {
                Reducing.super.accept(x, step);
            }
        }

        @Override
        public T reduce(T x) {
            return ops.magnitude(x);
        }

        @Override
        public void acceptReduced(T reduced, int step) {
            if (step >= countedSteps) {
                return;
            }
            EagerOps.Cell<T> cell = ops.cell();
            cell.set(reduced);
            amax.add(cell);
            steps.add(step);
            types.add(ops.dtype(reduced));
        }

        @Override
        public Statistics statistics() {
            StepAmax seen = StepAmax.none(countedSteps);
            float[] values = read();
            for (int i = 0; i < values.length; i++) {
                if (!Float.isFinite(values[i])) {
                    throw new CalibrationException(name + ": found an amax of " + values[i] + " at step " + steps.get(i) + "; expected finite");
                }
                seen.add(steps.get(i), values[i]);
            }
            return seen.statistics();
        }

        private float[] read() {
            if (amax.isEmpty()) {
                return new float[0];
            }
            List<T> parts = amax.stream().map(EagerOps.Cell::get).map(a -> ops.reshape(a, Shape.of(1))).toList();
            if (types.size() > 1) {
                parts = parts.stream().map(a -> ops.cast(a, DType.FLOAT32)).toList();
            }
            return ops.toFloats(ops.concat(0, parts));
        }

        @Override
        public void close() {
            amax.forEach(EagerOps.Cell::close);
        }
    }
}
