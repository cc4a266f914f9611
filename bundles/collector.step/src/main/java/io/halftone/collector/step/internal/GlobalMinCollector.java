package io.halftone.collector.step.internal;

import io.halftone.model.Named;
import io.halftone.quant.Collector;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** The least amax of any call of the counted denoising steps. */
@Component(service = Collector.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("global_min")
public final class GlobalMinCollector extends StepCollector {
    /** A collector. */
    public GlobalMinCollector() {
        super("global_min");
    }

    @Override
    float amax(StepAmax seen, int steps) {
        return seen.least()[step(seen, steps)];
    }

    @Override
    String explain(StepAmax seen, int steps) {
        int step = step(seen, steps);
        return "least of " + steps + " steps' least amax: step " + step + ", least of " + seen.calls()[step] + " calls " + seen.least()[step];
    }

    private static int step(StepAmax seen, int steps) {
        return least(steps, step -> seen.least()[step]);
    }
}
