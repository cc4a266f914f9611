package io.halftone.collector.step.internal;

import io.halftone.model.Named;
import io.halftone.quant.Collector;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * The least, over the counted denoising steps, of the mean amax that the calls of one step had. Sums are exact, whatever the
 * model computes in, and are divided by the number of calls that were seen.
 */
@Component(service = Collector.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("min-mean")
public final class MinMeanCollector extends StepCollector {
    /** A collector. */
    public MinMeanCollector() {
        super("min-mean");
    }

    @Override
    float amax(StepAmax seen, int steps) {
        return seen.mean(least(steps, seen::mean));
    }

    @Override
    String explain(StepAmax seen, int steps) {
        int step = least(steps, seen::mean);
        return "least of " + steps + " steps' mean amax: step " + step + ", mean of " + seen.calls()[step] + " calls " + seen.mean(step);
    }
}
