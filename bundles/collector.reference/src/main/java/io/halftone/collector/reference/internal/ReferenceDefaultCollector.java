package io.halftone.collector.reference.internal;

import io.halftone.model.Named;
import io.halftone.quant.Collector;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** The least, over the buckets that count, of each one's sum: larger with each batch, and of use for comparison alone. */
@Component(service = Collector.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("reference-default")
public final class ReferenceDefaultCollector extends ReferenceCollector {
    /** A collector. */
    public ReferenceDefaultCollector() {
        super("reference-default");
    }

    @Override
    float update(Precision precision, float bucket, float amax) {
        return precision.add(bucket, amax);
    }

    @Override
    float amax(Precision precision, float[] buckets, int total) {
        return least(buckets);
    }

    @Override
    String formula() {
        return "least of the buckets' sums";
    }
}
