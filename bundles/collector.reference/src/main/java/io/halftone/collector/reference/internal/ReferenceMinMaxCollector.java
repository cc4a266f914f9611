package io.halftone.collector.reference.internal;

import io.halftone.model.Named;
import io.halftone.quant.Collector;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** The least, over the buckets that count, of each one's largest amax. */
@Component(service = Collector.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("reference-min-max")
public final class ReferenceMinMaxCollector extends ReferenceCollector {
    /** A collector. */
    public ReferenceMinMaxCollector() {
        super("reference-min-max");
    }

    @Override
    float update(Precision precision, float bucket, float amax) {
        return Math.max(bucket, amax);
    }

    @Override
    float amax(Precision precision, float[] buckets, int total) {
        return least(buckets);
    }

    @Override
    String formula() {
        return "least of the buckets' largest amax";
    }
}
