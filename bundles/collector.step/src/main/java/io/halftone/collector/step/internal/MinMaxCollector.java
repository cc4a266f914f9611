package io.halftone.collector.step.internal;

import io.halftone.model.Named;
import io.halftone.quant.Collector;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** The least, over the counted denoising steps, of the largest amax that the calls of one step had. */
@Component(service = Collector.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("min-max")
public final class MinMaxCollector extends StepCollector {
    /** A collector. */
    public MinMaxCollector() {
        super("min-max");
    }

    @Override
    float amax(StepAmax seen, int steps) {
        return seen.largest()[step(seen, steps)];
    }

    @Override
    String explain(StepAmax seen, int steps) {
        int step = step(seen, steps);
        return "least of " + steps + " steps' largest amax: step " + step + ", largest of " + seen.calls()[step] + " calls " + seen.largest()[step];
    }

    private static int step(StepAmax seen, int steps) {
        return least(steps, step -> seen.largest()[step]);
    }
}
