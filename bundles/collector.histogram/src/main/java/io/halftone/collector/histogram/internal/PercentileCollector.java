package io.halftone.collector.histogram.internal;

import io.halftone.model.Named;
import io.halftone.quant.Collector;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * The magnitude that a percentage of all magnitudes of the counted steps does not exceed, to the width of a bin, 2^-10 of it at
 * most; that of the largest magnitudes is exact. One that is more than {@value Histogram#KEPT_OCTAVES} octaves below the
 * largest is answered with the least magnitude that is not.
 */
@Component(service = Collector.class, configurationPid = "io.halftone.collector.percentile")
@Named("percentile")
@Designate(ocd = PercentileCollector.Config.class)
public final class PercentileCollector extends HistogramCollector {

    @ObjectClassDefinition(name = "Percentile collector")
    public @interface Config {
        @AttributeDefinition(name = "Percentage", description = "Of the magnitudes that the range holds; over 0, at most 100")
        double percentage() default 99.99;

        @AttributeDefinition(name = "Skip zeros", description = "Whether magnitudes less than 2^-20 are left out")
        boolean skipZeros() default false;
    }

    private final double percentage;
    private final boolean skipZeros;

    /** A collector; throws {@link IllegalArgumentException} if the percentage is not over 0 and at most 100. */
    @Activate
    public PercentileCollector(Config config) {
        super("percentile");
        percentage = config.percentage();
        skipZeros = config.skipZeros();
        if (!(percentage > 0 && percentage <= 100)) {   // NaN as well
            throw new IllegalArgumentException("percentage: found " + percentage + "; expected a value in the range over 0, at most 100");
        }
    }

    @Override
    public String configuration() {
        return "percentage " + percentage + ", skip zeros " + skipZeros;
    }

    @Override
    Choice choose(Histogram histogram) {
        long unkept = histogram.below() + (skipZeros ? 0 : histogram.zeros());
        long total = unkept;
        for (long count : histogram.bins()) {
            total += count;
        }
        // in decimal, as 99.99 is no binary fraction: 9999 of 10000 and not one more
        BigDecimal share = BigDecimal.valueOf(percentage).multiply(BigDecimal.valueOf(total)).movePointLeft(2);
        long rank = share.setScale(0, RoundingMode.CEILING).longValueExact();
        return new Choice(magnitude(histogram, rank - unkept), "percentile " + percentage + " of " + total + " magnitudes"
            + (skipZeros ? ", zeros left out" : ""));
    }

    /** The magnitude of that rank among those in bins, from 1. */
    private static float magnitude(Histogram histogram, long rank) {
        if (rank < 1) {
            return histogram.leastKept();
        }
        long before = 0;
        for (int i = 0; i < histogram.bins().length; i++) {
            before += histogram.bins()[i];
            if (before >= rank) {
                return histogram.value(i);
            }
        }
        throw new IllegalStateException("rank: found " + rank + "; expected at most " + before);
    }
}
