package io.halftone.collector.histogram.internal;

import io.halftone.api.Demand;
import io.halftone.api.DiagnosticSource;
import io.halftone.api.Finding;
import io.halftone.model.Named;
import io.halftone.ops.EagerOps;
import io.halftone.quant.Collector;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The magnitude that a percentage of all magnitudes of the counted steps does not exceed, to the width of a bin, 2^-10 of it at
 * most; that of the largest magnitudes is exact. One that is more than {@value Histogram#KEPT_OCTAVES} octaves below the
 * largest is answered with the least magnitude that is not.
 *
 * <p>A new configuration makes a new collector; jobs that run keep theirs. One that is refused makes a collector that refuses all that depends on it.
 */
@Component(service = {Collector.class, DiagnosticSource.class}, configurationPid = PercentileCollector.PID)
@Named("percentile")
@Designate(ocd = PercentileCollector.Config.class)
public final class PercentileCollector extends HistogramCollector implements DiagnosticSource {
    static final String PID = "io.halftone.collector.percentile";

    private static final Logger LOG = LoggerFactory.getLogger(PercentileCollector.class);

    @ObjectClassDefinition(name = "Percentile collector")
    public @interface Config {
        @AttributeDefinition(name = "Percentage", description = "Of the magnitudes that the range holds; over 0, at most 100")
        double percentage() default 99.99;

        @AttributeDefinition(name = "Skip zeros", description = "Whether magnitudes less than 2^-20 are left out")
        boolean skipZeros() default false;
    }

    private final PercentileSettings settings;
    /** A line; empty if what is configured is in force. */
    private final String refusal;

    /** With what is configured. */
    @Activate
    public PercentileCollector(Map<String, Object> properties) {
        super("percentile");
        PercentileSettings read = PercentileSettings.of(Map.of());
        String refused = "";
        try {
            read = PercentileSettings.of(properties);
        } catch (IllegalArgumentException e) {
            refused = PID + ": " + e.getMessage();
            LOG.error("{}", refused);
        }
        settings = read;
        refusal = refused;
    }

    private PercentileSettings settings() {
        if (!refusal.isEmpty()) {
            throw new IllegalArgumentException(refusal);
        }
        return settings;
    }

    @Override
    public String configuration() {
        return "percentage " + settings().percentage() + ", skip zeros " + settings().skipZeros();
    }

    @Override
    public <T> Fold<T> fold(EagerOps<T> ops, Request request, long batch) {
        settings();
        return super.fold(ops, request, batch);
    }

    @Override
    public List<Finding> examine(Demand demand) {
        int expected = refusal.lastIndexOf("; expected ");
        return refusal.isEmpty() ? List.of() : List.of(Finding.problem("configuration", refusal.substring(0, expected),
            refusal.substring(expected + "; expected ".length()),
            "mend it in etc/" + PID + ".cfg; new jobs with the collector percentile are refused until then"));
    }

    @Override
    Choice choose(Histogram histogram) {
        double percentage = settings().percentage();
        boolean skipZeros = settings().skipZeros();
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
