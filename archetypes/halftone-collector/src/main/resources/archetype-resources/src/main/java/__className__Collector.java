package ${package};

import io.halftone.model.Named;
import io.halftone.ops.EagerOps;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Statistics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * The median, over the counted denoising steps that saw anything, of the largest magnitude that each of them saw: a step whose
 * values are far from the others' does not widen the range.
 */
@Component(service = Collector.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("${pluginName}")
public final class ${className}Collector implements Collector {
    private static final String NAME = "${pluginName}";

    @Override
    public <T> Fold<T> fold(EagerOps<T> ops, Request request, long batch) {
        if (request.channelAxis() != Request.NO_AXIS) {
            throw new IllegalArgumentException(NAME + ": found a request for one amax for each index of axis " + request.channelAxis()
                + "; expected one for the tensor");
        }
        return new StepFold<>(ops, request.countedSteps());
    }

    @Override
    public Statistics merge(Statistics a, Statistics b) {
        return StepMaxima.of(NAME, a).merge(NAME, StepMaxima.of(NAME, b)).statistics();
    }

    @Override
    public Range range(Statistics statistics, Request request) {
        float[] seen = seen(statistics);
        return Range.of(seen[(seen.length - 1) / 2]);
    }

    @Override
    public String explain(Statistics statistics, Request request) {
        float[] seen = seen(statistics);
        return "median of " + seen.length + " steps' largest magnitudes: " + seen[(seen.length - 1) / 2] + ", from " + seen[0] + " to "
            + seen[seen.length - 1];
    }

    /** The largest magnitudes in order; of an even number the lower of the two in the middle is their median. */
    private static float[] seen(Statistics statistics) {
        float[] seen = StepMaxima.of(NAME, statistics).seen();
        if (seen.length == 0) {
            throw new CalibrationException(NAME + ": found no value; expected the site to run in a step that counts");
        }
        Arrays.sort(seen);
        return seen;
    }

    /** Keeps the magnitude of each call on the device, and reads all of them at the end. */
    private static final class StepFold<T> implements Fold<T> {
        private final EagerOps<T> ops;
        private final int countedSteps;
        private final List<Integer> steps = new ArrayList<>();
        private final List<EagerOps.Cell<T>> magnitudes = new ArrayList<>();

        StepFold(EagerOps<T> ops, int countedSteps) {
            this.ops = ops;
            this.countedSteps = countedSteps;
        }

        @Override
        public void accept(T x, int step) {
            if (step < countedSteps) {
                EagerOps.Cell<T> cell = ops.cell();
                cell.set(ops.magnitude(x));
                magnitudes.add(cell);
                steps.add(step);
            }
        }

        @Override
        public Statistics statistics() {
            StepMaxima maxima = StepMaxima.none(countedSteps);
            for (int i = 0; i < magnitudes.size(); i++) {
                float magnitude = ops.toFloats(magnitudes.get(i).get())[0];
                if (!Float.isFinite(magnitude)) {
                    throw new CalibrationException(NAME + ": found a largest magnitude of " + magnitude + " at step " + steps.get(i)
                        + "; expected finite");
                }
                maxima.add(steps.get(i), 1, magnitude);
            }
            return maxima.statistics();
        }

        @Override
        public void close() {
            magnitudes.forEach(EagerOps.Cell::close);
        }
    }
}
