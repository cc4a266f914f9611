package io.halftone.core.internal.search;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.QuantSettings;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.calibrate.CalibrationPrompts;
import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.distribute.Description;
import io.halftone.core.internal.distribute.Owning;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.distribute.OpenWork;
import io.halftone.pipeline.PromptBatch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The measurements of a search, as another process can take them: it decides the layers from the same statistics, to the same bits.
 *
 * @param settings   as the user gave them
 * @param formats    names of formats; empty for that of the settings
 * @param runs       of the calibrations
 * @param calibrated prompts of the calibrations
 * @param statistics of each family
 * @param batches    prompts that are measured on
 * @param steps      denoising steps of each
 * @param seed       of the first batch
 */
public record SearchWork(QuantSettings settings, List<String> formats, CalibrationSettings runs, List<String> calibrated, List<byte[]> statistics,
                         List<PromptBatch> batches, int steps, long seed) {
    /** What this work is called. */
    public static final String KIND = "search";

    /** Puts it into a description. */
    void write(ObjectNode root) {
        root.set("settings", Description.json(settings));
        root.set("formats", Description.json(formats));
        root.set("runs", Description.runs(runs, calibrated));
        ArrayNode families = root.putArray("statistics");
        statistics.forEach(its -> families.add(Description.binary(its)));
        root.set("batches", Description.json(batches));
        root.put("steps", steps).put("seed", seed);
    }

    /** The statistics that {@link #write} put into a description. */
    static List<byte[]> statistics(Description description) {
        List<byte[]> statistics = new ArrayList<>();
        for (JsonNode family : description.at("statistics")) {
            statistics.add(Description.bytes(family));
        }
        return statistics;
    }

    /** Opens what another process describes. The pipeline stays somebody else's. */
    public static OpenWork open(Description description, OpenPipeline pipeline, Plugins plugins, Crew crew) throws IOException {
        QuantSettings settings = description.read("settings", QuantSettings.class);
        CalibrationSettings runs = description.read("runs", CalibrationSettings.class);
        List<String> formats = List.of(description.read("formats", String[].class));
        List<PromptBatch> batches = List.of(description.read("batches", PromptBatch[].class));
        List<byte[]> statistics = statistics(description);
        Scan scan = pipeline.scan(pipeline.spec().backbone());
        SearchPlan plan = SearchPlan.of(plugins, settings, formats, scan.layers());
        if (statistics.size() != plan.families().size()) {
            throw new IllegalArgumentException("description: found statistics of " + statistics.size() + " families; expected "
                + plan.families().size());
        }
        Families families = Families.decide(pipeline, crew.runtime(), plugins, plan, runs, CalibrationPrompts.of(runs, pipeline.folder().path()), statistics);
        Subject subject = new Subject(pipeline, families.decided(scan, plugins), batches, description.at("steps").asInt(),
            description.at("seed").asLong());
        return new Owning(new OpenSearch(subject, plan.candidates(), crew, Monitor.silent()), families::close);
    }
}
