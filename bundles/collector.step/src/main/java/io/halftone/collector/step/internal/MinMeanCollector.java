package io.halftone.collector.step.internal;

import io.halftone.model.Named;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/**
 * The least, over the counted denoising steps, of the mean amax that the calls of one step had. Sums are float32, whatever
 * the model computes in, and are divided by the number of calls that were seen.
 */
@Component(service = Collector.class)
@Named("min-mean")
public final class MinMeanCollector implements Collector {
    @Override
    public <T> Fold<T> fold(EagerOps<T> ops, Request request) {
        if (request.channelAxis() != Request.NO_AXIS) {
            throw new IllegalArgumentException("min-mean: found a request for one amax for each index of axis " + request.channelAxis()
                + "; expected one for the tensor");
        }
        return new MinMeanFold<>(ops, request.countedSteps());
    }

    private static final class MinMeanFold<T> implements Fold<T> {
        private final EagerOps<T> ops;
        private final List<EagerOps.Cell<T>> sums = new ArrayList<>();
        private final int[] calls;

        private MinMeanFold(EagerOps<T> ops, int countedSteps) {
            this.ops = ops;
            this.calls = new int[countedSteps];
            for (int i = 0; i < countedSteps; i++) {
                sums.add(ops.cell());
            }
        }

        @Override
        public void accept(T x, int step) {
            if (step >= calls.length) {
                return;
            }
            T amax = ops.cast(ops.amax(ops.abs(x)), DType.FLOAT32);
            EagerOps.Cell<T> sum = sums.get(step);
            sum.set(sum.isEmpty() ? amax : ops.add(sum.get(), amax));
            calls[step]++;
        }

        @Override
        public Range range() {
            float least = Float.POSITIVE_INFINITY;
            for (int step = 0; step < calls.length; step++) {
                if (calls[step] == 0) {
                    throw new CalibrationException("min-mean: found no value at step " + step + "; expected one in each of the first "
                        + calls.length + " steps");
                }
                float mean = ops.toFloats(sums.get(step).get())[0] / calls[step];
                if (!Float.isFinite(mean)) {
                    throw new CalibrationException("min-mean: found a mean amax of " + mean + " at step " + step + "; expected a finite one");
                }
                least = Math.min(least, mean);
            }
            return Range.of(least);
        }
    }
}
