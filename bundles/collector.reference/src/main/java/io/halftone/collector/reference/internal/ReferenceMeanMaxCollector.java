package io.halftone.collector.reference.internal;

import io.halftone.model.Named;
import io.halftone.quant.Collector;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** The mean, over the buckets that count, of each one's largest amax. */
@Component(service = Collector.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("reference-mean-max")
public final class ReferenceMeanMaxCollector extends ReferenceCollector {
    /** A collector. */
    public ReferenceMeanMaxCollector() {
        super("reference-mean-max");
    }

    @Override
    float update(Precision precision, float bucket, float amax) {
        return Math.max(bucket, amax);
    }

    @Override
    float amax(Precision precision, float[] buckets, int total) {
        return precision.mean(buckets);
    }

    @Override
    String formula() {
        return "mean of the buckets' largest amax";
    }
}
