package io.halftone.core.internal.calibrate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.distribute.Description;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Planner;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Work;
import io.halftone.ops.Device;
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
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A calibration: what is looked at, over which runs, and what ranges come of it. */
public final class Calibration {
    /** What this work is called. */
    public static final String KIND = "calibrate";

    private final CalibrationJob job;
    private final Plugins plugins;
    private final QuantSettings settings;

    private Calibration(CalibrationJob job, Plugins plugins, QuantSettings settings) {
        this.job = job;
        this.plugins = plugins;
        this.settings = settings;
    }

    /** A calibration of a plan's layers, whose runs are computed on that device. */
    public static Calibration of(OpenPipeline pipeline, Plugins plugins, List<Planned> plan, QuantSettings settings, CalibrationSettings runs,
                                 List<String> prompts, Device device) {
        Observed observed = Observed.of(plan, plugins, runs.steps(), settings.percentile());
        String digest = Identity.digest(pipeline, runs, prompts, device, settings.percentile(), observed);
        return new Calibration(new CalibrationJob(pipeline, runs, prompts, observed, digest), plugins, settings);
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

    /** What has its batches run. */
    public Calibrator calibrator(CalibrationWork work, Crew crew, Path journal) {
        return new Calibrator(job, work, crew, () -> describe(crew), journal);
    }

    private Work describe(Crew crew) throws IOException {
        ObjectNode root = Description.of(KIND, plugins, job.pipeline(), crew.runtime(), false);
        root.set("settings", Description.json(settings));
        root.set("runs", Description.runs(job.runs(), job.prompts()));
        root.put("digest", job.digest());
        return Description.work(root);
    }

    /** The same calibration as another process describes it. */
    public static Calibration of(Description description, OpenPipeline pipeline, Plugins plugins, Device device) throws IOException {
        QuantSettings settings = description.read("settings", QuantSettings.class);
        CalibrationSettings runs = description.read("runs", CalibrationSettings.class);
        List<Planned> plan = new Planner(settings, plugins).plan(pipeline.scan(pipeline.spec().backbone()).layers());
        Calibration calibration = of(pipeline, plugins, plan, settings, runs, CalibrationPrompts.of(runs, pipeline.folder().path()), device);
        description.checkDigest(KIND, calibration.digest());
        return calibration;
    }

    /** Its batches, to be run by whoever asks for it; the pipeline stays somebody else's. */
    public OpenWork open(Crew crew, Monitor monitor) {
        return new OpenCalibration(job, crew, monitor);
    }

    /** What every site has seen, as bytes that {@link #whole} reads. */
    public static byte[] bytes(PartialStatistics statistics) {
        return StatisticsBytes.of(statistics.sites());
    }

    /**
     * Statistics of every batch.
     *
     * @throws IllegalArgumentException if they are not of the sites that are looked at here
     */
    public PartialStatistics whole(byte[] bytes) {
        Map<Site, Statistics> sites = StatisticsBytes.read(bytes);
        if (!sites.keySet().equals(job.observed().sites().keySet())) {
            throw new IllegalArgumentException("statistics: found " + sites.size() + " sites; expected the " + job.observed().sites().size()
                + " that are observed");
        }
        return new PartialStatistics(job.digest(), job.batches(), IntStream.range(0, job.batches()).boxed()
            .collect(Collectors.toCollection(TreeSet::new)), sites);
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
