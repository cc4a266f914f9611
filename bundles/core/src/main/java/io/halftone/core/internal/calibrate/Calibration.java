package io.halftone.core.internal.calibrate;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.ops.Device;
import io.halftone.ops.EagerRuntime;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Collector;
import io.halftone.quant.Planned;
import io.halftone.quant.Range;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import io.halftone.quant.Statistics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A calibration: what is looked at, over which runs, and what ranges come of it. */
public final class Calibration {
    private final CalibrationJob job;

    private Calibration(CalibrationJob job) {
        this.job = job;
    }

    /** A calibration of a plan's layers, whose runs are computed on that device. */
    public static Calibration of(OpenPipeline pipeline, Plugins plugins, List<Planned> plan, QuantSettings settings, CalibrationSettings runs,
                                 List<String> prompts, Device device) {
        Observed observed = Observed.of(plan, plugins, runs.steps(), settings.percentile());
        String digest = Identity.digest(pipeline, runs, prompts, device, settings.percentile(), observed);
        return new Calibration(new CalibrationJob(pipeline, runs, prompts, observed, digest));
    }

    /** SHA-256 of what the statistics are of, hexadecimal. */
    public String digest() {
        return job.digest();
    }

    /** Whether nothing is to be seen: weights alone are quantized. */
    public boolean isBlind() {
        return job.observed().sites().isEmpty();
    }

    /** Whether a collector folds any site. */
    public boolean uses(String collector) {
        return job.observed().uses(collector);
    }

    /** What runs its batches. */
    public Calibrator calibrator(CalibrationWork work, EagerRuntime runtime, Path journal) {
        return new Calibrator(job, work, runtime, journal);
    }

    /** Writes statistics for another run to go on with. */
    public void write(PartialStatistics statistics, Path target) throws IOException {
        Map<Site, String> names = new LinkedHashMap<>();
        job.observed().sites().forEach((site, asked) -> names.put(site, asked.observation().collector()));
        StatisticsFile.write(target, new StatisticsFile.Content(statistics, names));
    }

    /**
     * The range of what an observed slot took.
     *
     * @throws IllegalArgumentException if it was not observed
     */
    public Range range(PartialStatistics statistics, String layer, Slot slot) {
        Site site = new Site(layer, slot);
        Observed.Asked asked = asked(site);
        try {
            return asked.collector().range(seen(statistics, site), asked.request());
        } catch (CalibrationException e) {
            throw new CalibrationException(site.name() + ": " + e.getMessage(), e);
        }
    }

    /** How that range came about, in a line. */
    public String origin(PartialStatistics statistics, String layer, Slot slot) {
        Site site = new Site(layer, slot);
        Observed.Asked asked = asked(site);
        String axis = asked.observation().channelAxis() == Collector.Request.NO_AXIS ? "" : " for each input channel";
        return asked.observation().collector() + axis + " over " + job.prompts().size() + " prompts of " + asked.request().countedSteps() + " steps: "
            + asked.collector().explain(seen(statistics, site), asked.request());
    }

    private Observed.Asked asked(Site site) {
        Observed.Asked asked = job.observed().sites().get(site);
        if (asked == null) {
            throw new IllegalArgumentException(site.name() + ": found a site that was not observed; expected one that the algorithm asked for");
        }
        return asked;
    }

    private static Statistics seen(PartialStatistics statistics, Site site) {
        Statistics seen = statistics.sites().get(site);
        if (seen == null) {
            throw new CalibrationException(site.name() + ": found no statistics; expected those of every batch");
        }
        return seen;
    }
}
