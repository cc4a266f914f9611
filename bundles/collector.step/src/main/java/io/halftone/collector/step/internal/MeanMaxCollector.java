package io.halftone.collector.step.internal;

import io.halftone.model.Named;
import io.halftone.quant.Collector;
import io.halftone.quant.ExactSum;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** The mean, over the counted denoising steps, of the largest amax that the calls of one step had; rounded once. */
@Component(service = Collector.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("mean-max")
public final class MeanMaxCollector extends StepCollector {
    /** A collector. */
    public MeanMaxCollector() {
        super("mean-max");
    }

    @Override
    float amax(StepAmax seen, int steps) {
        long[] sum = new long[ExactSum.WORDS];
        for (int step = 0; step < steps; step++) {
            sum = ExactSum.add(sum, ExactSum.of(seen.largest()[step]));
        }
        return ExactSum.mean(sum, steps);
    }

    @Override
    String explain(StepAmax seen, int steps) {
        int low = least(steps, step -> seen.largest()[step]);
        int high = least(steps, step -> -seen.largest()[step]);
        return "mean of " + steps + " steps' largest amax: " + amax(seen, steps) + ", from " + seen.largest()[low] + " at step " + low + " to "
            + seen.largest()[high] + " at step " + high;
    }
}
