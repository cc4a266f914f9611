package io.halftone.collector.reference.internal;

import io.halftone.model.Named;
import io.halftone.quant.Collector;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/** The least, over the buckets that count, of each one's sum divided by the number of all buckets, however many amax it is the sum of. */
@Component(service = Collector.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("reference-min-mean")
public final class ReferenceMinMeanCollector extends ReferenceCollector {
    /** A collector. */
    public ReferenceMinMeanCollector() {
        super("reference-min-mean");
    }

    @Override
    float update(Precision precision, float bucket, float amax) {
        return precision.add(bucket, amax);
    }

    @Override
    float amax(Precision precision, float[] buckets, int total) {
        return precision.divide(least(buckets), total);
    }

    @Override
    String formula() {
        return "least of the buckets' sums over the number of buckets";
    }
}
