package io.halftone.collector.reference.internal;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import java.util.ArrayList;
import java.util.List;

/**
 * The percentile calibrator of NVIDIA Model Optimizer 0.21 to 0.23, to the bit, peculiarities included. The step that the scheduler
 * says has no part in it: the executions of a layer are numbered over all batches, and go to buckets by their number modulo the
 * number of steps, of which the first fraction counts. Numbers are of the activation's type: float16 sums absorb what is small
 * and become infinite beyond 65504; that is an error where it comes out. Source: {@code diffusers/quantization/calib/plugin_calib.py}.
 */
abstract class ReferenceCollector implements Collector {
    private final String name;

    /**
     * A collector.
     *
     * @param name as messages have it
     */
    ReferenceCollector(String name) {
        this.name = name;
    }

    /** What becomes of a bucket that is not empty. */
    abstract float update(Precision precision, float bucket, float amax);

    /**
     * The range of the buckets that count.
     *
     * @param total the number of buckets, those included that do not count
     */
    abstract float amax(Precision precision, float[] buckets, int total);

    /** What it is, as in "least of the buckets' largest amax". */
    abstract String formula();

    @Override
    public final <T> Fold<T> fold(EagerOps<T> ops, Request request, long batch) {
        if (request.channelAxis() != Request.NO_AXIS) {
            throw new IllegalArgumentException(name + ": found a request for one amax for each index of axis " + request.channelAxis()
                + "; expected one for the tensor");
        }
        return new CallFold<>(ops, batch);
    }

    @Override
    public final Statistics merge(Statistics a, Statistics b) {
        return Executions.of(name, a).merge(name, Executions.of(name, b)).statistics();
    }

    @Override
    public final Range range(Statistics statistics, Request request) {
        return Range.of(amax(Executions.of(name, statistics), request));
    }

    @Override
    public final String explain(Statistics statistics, Request request) {
        Executions executions = Executions.of(name, statistics);
        return formula() + ", in " + executions.precision() + ": " + amax(executions, request) + "; buckets 0 to " + (request.countedSteps() - 1)
            + " of " + request.steps() + ", " + executions.count() + " executions";
    }

    private float amax(Executions executions, Request request) {
        float[] buckets = executions.buckets(name, request.steps(), request.countedSteps(), this::update);
        float amax = amax(executions.precision(), buckets, request.steps());
        if (!Float.isFinite(amax)) {
            throw new CalibrationException(name + ": found an amax of " + amax + " in " + executions.precision() + "; expected finite");
        }
        return amax;
    }

    /** The least of some numbers; NaN where one is. */
    static float least(float[] values) {
        float least = values[0];
        for (float value : values) {
            least = Math.min(least, value);
        }
        return least;
    }

    /**
     * Keeps the amax of each call on the device, and reads all of them at once. Which of them count is not known before all batches
     * are; so what is not finite is refused by the range, not here.
     */
    private final class CallFold<T> implements Reducing<T> {
        private final EagerOps<T> ops;
        private final long batch;
        private final List<EagerOps.Cell<T>> amax = new ArrayList<>();
        private DType type = DType.FLOAT32;

        private CallFold(EagerOps<T> ops, long batch) {
            this.ops = ops;
            this.batch = batch;
        }

        @Override
        public T reduce(T x) {
            return ops.magnitude(x);
        }

        @Override
        public void acceptReduced(T reduced, int step) {
            DType found = ops.dtype(reduced);
            if (!amax.isEmpty() && found != type) {
                throw new CalibrationException(name + ": found an activation of " + found + "; expected " + type + ", as in the call before");
            }
            type = found;
            EagerOps.Cell<T> cell = ops.cell();
            cell.set(reduced);
            amax.add(cell);
        }

        @Override
        public Statistics statistics() {
            float[] values = {};
            if (!amax.isEmpty()) {
                List<T> parts = amax.stream().map(cell -> ops.reshape(cell.get(), Shape.of(1))).toList();
                values = ops.toFloats(ops.concat(0, parts));
            }
            return Executions.of(batch, Precision.of(type), values).statistics();
        }

        @Override
        public void close() {
            amax.forEach(EagerOps.Cell::close);
        }
    }
}
