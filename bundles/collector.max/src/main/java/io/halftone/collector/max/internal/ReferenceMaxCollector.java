package io.halftone.collector.max.internal;

import io.halftone.model.Named;
import io.halftone.quant.Collector;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * The largest magnitude over all samples and all steps, whatever fraction of the steps was asked for: the reference lets its
 * percentile act on step collectors alone. Source: NVIDIA Model Optimizer 0.23, {@code MaxCalibrator}.
 */
@Component(service = Collector.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("reference-max")
public final class ReferenceMaxCollector extends RunningMax {
    /** A collector. */
    public ReferenceMaxCollector() {
        super("reference-max");
    }

    @Override
    public boolean usesPercentile() {
        return false;
    }

    @Override
    int countedSteps(Request request) {
        return Integer.MAX_VALUE;
    }
}
