package io.halftone.core.internal.task;

import io.halftone.api.SynthesizeRequest;
import io.halftone.api.SynthesizeResult;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Scan;
import io.halftone.model.ModelConfig;
import io.halftone.ops.Shape;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.synthesis.PipelineSynthesis;
import io.halftone.synthesis.SynthesisOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Writes a pipeline of a preset's shapes with random weights. */
public final class SynthesizeTask implements JobRunner.Task<SynthesizeResult> {
    private static final String ALL = "all";
    private static final long MEGABYTE = 1_000_000;

    private final SynthesizeRequest request;
    private final Map<String, String> files;
    private final PipelineConfig config;
    private final Map<String, Map<String, Shape>> parameters = new LinkedHashMap<>();
    private final Path target;

    /** Checks the request. */
    public SynthesizeTask(Workplace work, SynthesizeRequest request) {
        this.request = request;
        this.files = work.plugins().presets().get(request.preset()).files();
        this.config = work.opener().configuration("preset " + request.preset(), files);
        PipelineSpec spec = work.plugins().pipelines().get(config.index().className()).spec(config);
        for (String component : chosen(spec.components())) {
            ModelConfig its = config.component(component);
            parameters.put(component, Scan.of(work.plugins().models().get(its.className()), its).parameters());
        }
        this.target = Path.of(request.directory()).toAbsolutePath().normalize();
    }

    private List<String> chosen(List<String> all) {
        if (request.components().equals(ALL)) {
            return all;
        }
        List<String> chosen = new ArrayList<>();
        for (String name : request.components().split(",")) {
            if (!all.contains(name.strip())) {
                throw new IllegalArgumentException("components: found " + name.strip() + "; expected " + ALL + ", or some of " + all);
            }
            chosen.add(name.strip());
        }
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("components: found none; expected " + ALL + ", or some of " + all);
        }
        return chosen;
    }

    @Override
    public SynthesizeResult run(Monitor monitor) throws IOException {
        Stopwatch watch = new Stopwatch();
        PipelineSynthesis.write(files, config, parameters, target, SynthesisOptions.of(request.type(), request.seed()),
            (bytes, all) -> monitor.progress("synthesize", bytes / MEGABYTE, all / MEGABYTE, "MB"));
        Map<String, Long> elements = new TreeMap<>();
        parameters.forEach((component, shapes) -> elements.put(component, shapes.values().stream().mapToLong(shape -> shape.count().size()).sum()));
        return new SynthesizeResult(target.toString(), elements, bytes(target), watch.seconds());
    }

    private static long bytes(Path folder) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        return bytes;
    }
}
