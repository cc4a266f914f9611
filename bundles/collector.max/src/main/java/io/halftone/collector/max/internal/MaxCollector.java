package io.halftone.collector.max.internal;

import io.halftone.model.Named;
import io.halftone.quant.Collector;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** The largest magnitude over all samples and the counted steps. */
@Component(service = Collector.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named({"default", "max"})
public final class MaxCollector extends RunningMax {
    /** A collector. */
    public MaxCollector() {
        super("max");
    }

    @Override
    int countedSteps(Request request) {
        return request.countedSteps();
    }
}
