package io.halftone.collector.max.internal;

import io.halftone.model.Named;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import java.util.stream.IntStream;
import org.osgi.service.component.annotations.Component;

/** The largest magnitude over all samples and the counted steps, kept in float32 on the device. */
@Component(service = Collector.class)
@Named({"default", "max"})
public final class MaxCollector implements Collector {
    @Override
    public <T> Fold<T> fold(EagerOps<T> ops, Request request) {
        return new MaxFold<>(ops, request);
    }

    private static final class MaxFold<T> implements Fold<T> {
        private final EagerOps<T> ops;
        private final Request request;
        private final EagerOps.Cell<T> amax;
        private int axis;

        private MaxFold(EagerOps<T> ops, Request request) {
            this.ops = ops;
            this.request = request;
            this.amax = ops.cell();
        }

        @Override
        public void accept(T x, int step) {
            if (step >= request.countedSteps()) {
                return;
            }
            T seen = ops.cast(reduce(ops.abs(x)), DType.FLOAT32);
            amax.set(amax.isEmpty() ? seen : ops.maximum(amax.get(), seen));
        }

        private T reduce(T magnitude) {
            if (request.channelAxis() == Request.NO_AXIS) {
                return ops.amax(magnitude);
            }
            axis = ops.shape(magnitude).axis(request.channelAxis());
            int rank = ops.shape(magnitude).rank();
            int[] others = IntStream.range(0, rank).filter(a -> a != axis).toArray();
            // rank 1: every element is a channel
            return others.length == 0 ? magnitude : ops.amax(magnitude, others);
        }

        @Override
        public Range range() {
            if (amax.isEmpty()) {
                throw new CalibrationException("max: found no value; expected the site to run in the first " + request.countedSteps() + " steps");
            }
            try {
                return new Range(ops.toFloats(amax.get()), axis);
            } catch (IllegalArgumentException e) {
                throw new CalibrationException(e.getMessage(), e);
            }
        }
    }
}
