package io.halftone.core.internal.task;

import io.halftone.api.GenerateRequest;
import io.halftone.api.GenerateResult;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.imaging.Picture;
import io.halftone.imaging.Png;
import io.halftone.ops.EagerRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Makes pictures with one backbone. */
public final class GenerateTask implements JobRunner.Task<GenerateResult> {
    private final Workplace work;
    private final GenerateRequest request;
    private final Path image;
    private final OpenPipeline pipeline;

    /** Checks the request. */
    public GenerateTask(Workplace work, GenerateRequest request) throws IOException {
        this.work = work.on(request.source());
        this.request = request;
        Backbones.check(request.backbone(), work);
        this.pipeline = work.open(request.source());
        try {
            PictureRun.check(pipeline, request.sampling());
            this.image = Outputs.file("save-image-as", request.image());
            if (!request.dump().isEmpty()) {
                Outputs.file("dump", request.dump());
            }
        } catch (RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    @Override
    public GenerateResult run(Monitor monitor) throws IOException {
        Stopwatch watch = new Stopwatch();
        try (pipeline) {
            monitor.begins("load library");
            return work.runtime().run(new EagerRuntime.Task<GenerateResult>() {
                @Override
                public <T> GenerateResult run(EagerRuntime.Context<T> context) throws IOException {
                    return generate(new RunningPipeline<>(pipeline, context, monitor, request.sampling().tiled()), monitor, watch);
                }
            });
        }
    }

    private <T> GenerateResult generate(RunningPipeline<T> parts, Monitor monitor, Stopwatch watch) throws IOException {
        PictureRun<T> run = new PictureRun<>(parts, request.sampling(), monitor);
        BuiltEngines engines = new BuiltEngines(work, monitor);
        try (Backbone<T> backbone = engines.open(request.backbone(), parts, run::inputShapes)) {
            Timings timings = new Timings();
            TensorDump<T> dump = new TensorDump<>(parts.ops(), !request.dump().isEmpty());
            List<Picture> pictures = run.run("generate", backbone, timings, dump);
            List<String> files = new ArrayList<>();
            for (int i = 0; i < pictures.size(); i++) {
                Path file = Outputs.numbered(image, i, pictures.size());
                Png.write(pictures.get(i), file, Provenance.of(pipeline, request.sampling(), run, i, backbone));
                files.add(file.toString());
            }
            if (!request.dump().isEmpty()) {
                dump.write(Path.of(request.dump()), Map.of("format", "pt"));
            }
            return new GenerateResult(files, request.dump(), timings.latency(backbone, true), watch.seconds());
        }
    }
}
