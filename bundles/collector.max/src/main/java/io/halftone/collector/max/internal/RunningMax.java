package io.halftone.collector.max.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The largest magnitude of all calls that count, one for the tensor or one for each channel. */
abstract class RunningMax implements Collector {
    private final String name;

    /**
     * A collector.
     *
     * @param name as messages have it
     */
    RunningMax(String name) {
        this.name = name;
    }

    /** The number of steps that count, from the first. */
    abstract int countedSteps(Request request);

    @Override
    public final <T> Fold<T> fold(EagerOps<T> ops, Request request, long batch) {
        return new MaxFold<>(ops, request.channelAxis(), countedSteps(request));
    }

    @Override
    public final Statistics merge(Statistics a, Statistics b) {
        return Magnitudes.of(name, a).merge(name, Magnitudes.of(name, b)).statistics();
    }

    @Override
    public final Range range(Statistics statistics, Request request) {
        Magnitudes seen = seen(statistics, request);
        return new Range(seen.amax(), seen.axis());
    }

    @Override
    public final String explain(Statistics statistics, Request request) {
        Magnitudes seen = seen(statistics, request);
        float largest = new Range(seen.amax(), seen.axis()).max();
        return request.channelAxis() == Request.NO_AXIS ? "largest magnitude of " + seen.calls() + " calls: " + largest
            : "largest magnitude of " + seen.calls() + " calls in each of " + seen.amax().length + " channels: at most " + largest;
    }

    private Magnitudes seen(Statistics statistics, Request request) {
        Magnitudes seen = Magnitudes.of(name, statistics);
        if (seen.calls() == 0) {
            throw new CalibrationException(name + ": found no value; expected the site to run in a step that counts");
        }
        if (request.channelAxis() == Request.NO_AXIS && (seen.amax().length != 1 || seen.axis() != 0)) {
            throw new CalibrationException(name + ": found " + seen.amax().length + " amax on axis " + seen.axis()
                + "; expected one for the tensor");
        }
        return seen;
    }

    /** Keeps the maxima of calls on the device, in the values' own type, which holds them exactly, and takes the largest of many at a time. */
    private final class MaxFold<T> implements Reducing<T> {
        private static final int MANY = 64;
        /** Elements that are kept at most, where channels are many: each site has a fold. */
        private static final long ELEMENTS = 1 << 15;

        private final EagerOps<T> ops;
        private final int channelAxis;
        private final int countedSteps;
        private final List<EagerOps.Cell<T>> amax = new ArrayList<>();
        private long calls;
        private int axis;
        private long channels = 1;

        private MaxFold(EagerOps<T> ops, int channelAxis, int countedSteps) {
            this.ops = ops;
            this.channelAxis = channelAxis;
            this.countedSteps = countedSteps;
        }

        @Override
        public void accept(T x, int step) {
            if (step >= countedSteps) {
                return;
            }
            Reducing.super.accept(x, step);
        }

        @Override
        public T reduce(T x) {
            if (channelAxis == Request.NO_AXIS) {
                return ops.magnitude(x);
            }
            Shape shape = ops.shape(x);
            int kept = shape.axis(channelAxis);
            Dim[] dims = new Dim[shape.rank()];
            Arrays.setAll(dims, axis -> axis == kept ? shape.dim(axis) : Dim.of(1));
            return ops.reshape(ops.magnitudes(x, kept), Shape.of(dims));
        }

        @Override
        public void acceptReduced(T reduced, int step) {
            if (step >= countedSteps) {
                return;
            }
            if (amax.size() >= Math.min(MANY, Math.max(2, ELEMENTS / channels))) {
                T largest = largest();
                close();
                keep(largest);
            }
            keep(channelAxis == Request.NO_AXIS ? reduced : channels(reduced));
            calls++;
        }

        private void keep(T value) {
            EagerOps.Cell<T> cell = ops.cell();
            cell.set(value);
            amax.add(cell);
        }

        private T largest() {
            List<T> values = amax.stream().map(EagerOps.Cell::get).toList();
            boolean alike = values.stream().map(ops::dtype).distinct().count() == 1;
            return ops.maximum(alike ? values : values.stream().map(value -> ops.cast(value, DType.FLOAT32)).toList());
        }

        /** The magnitudes of channels along one axis, the other axes gone. */
        private T channels(T reduced) {
            Shape shape = ops.shape(reduced);
            int found = shape.axis(channelAxis);
            long extent = shape.dim(found).size();
            if (calls > 0 && (found != axis || extent != channels)) {
                throw new CalibrationException(name + ": found " + extent + " channels on axis " + found + "; expected " + channels
                    + " on axis " + axis + ", as in the call before");
            }
            axis = found;
            channels = extent;
            return ops.reshape(reduced, Shape.of(extent));
        }

        @Override
        public Statistics statistics() {
            if (calls == 0) {
                return new Magnitudes(0, 0, new float[0]).statistics();
            }
            float[] largest = ops.toFloats(largest());
            for (float a : largest) {
                if (!Float.isFinite(a)) {
                    throw new CalibrationException(name + ": found " + a + " as the largest magnitude of " + calls + " calls; expected finite");
                }
            }
            return new Magnitudes(calls, axis, largest).statistics();
        }

        @Override
        public void close() {
            amax.forEach(EagerOps.Cell::close);
            amax.clear();
        }
    }
}
