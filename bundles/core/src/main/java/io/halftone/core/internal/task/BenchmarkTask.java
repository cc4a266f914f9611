package io.halftone.core.internal.task;

import io.halftone.api.BenchmarkRequest;
import io.halftone.api.BenchmarkResult;
import io.halftone.core.internal.doctor.Diagnostics;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Shape;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Times a pipeline with several backbones in turn, so that a machine that slows down slows all of them. */
public final class BenchmarkTask implements JobRunner.Task<BenchmarkResult> {
    private static final String STAGE = "benchmark";

    private final Workplace work;
    private final Diagnostics diagnostics;
    private final BenchmarkRequest request;
    private final OpenPipeline pipeline;

    /** Checks the request. */
    public BenchmarkTask(Workplace work, Diagnostics diagnostics, BenchmarkRequest request) throws IOException {
        this.work = work.on(request.source());
        this.diagnostics = diagnostics;
        this.request = request;
        request.variants().forEach(variant -> Backbones.check(variant.backbone(), work));
        this.pipeline = work.open(request.source());
        try {
            PictureRun.check(pipeline, request.sampling());
        } catch (RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    @Override
    public BenchmarkResult run(Monitor monitor) throws IOException {
        Stopwatch watch = new Stopwatch();
        monitor.previews().end();   // they would count in the times
        try (pipeline) {
            monitor.begins("load library");
            return work.runtime().run(new EagerRuntime.Task<BenchmarkResult>() {
                @Override
                public <T> BenchmarkResult run(EagerRuntime.Context<T> context) throws IOException {
                    return time(new RunningPipeline<>(pipeline, context, monitor, request.sampling().tiled()), monitor, watch);
                }
            });
        }
    }

    private <T> BenchmarkResult time(RunningPipeline<T> parts, Monitor monitor, Stopwatch watch) throws IOException {
        try (Opened<T> opened = new Opened<>()) {
            List<PartTimes> times = new ArrayList<>();
            BuiltEngines engines = new BuiltEngines(work, monitor);
            Map<String, Shape> shapes = new LinkedHashMap<>();      // known once an engine asks: the text encoders run for them
            for (BenchmarkRequest.Variant variant : request.variants()) {
                opened.backbones.add(engines.open(variant.backbone(), parts, () -> {
                    if (shapes.isEmpty()) {
                        shapes.putAll(new PictureRun<>(parts, request.sampling(), monitor).inputShapes());
                    }
                    return shapes;
                }));
                times.add(new PartTimes());
            }
            List<Backbone<T>> backbones = List.copyOf(opened.backbones);
            BenchmarkRun<T> run = new BenchmarkRun<>(parts, request.sampling(), monitor);
            int all = request.warmUps() + request.runs();
            monitor.progress(STAGE, 0, all, "run");
            for (int i = 0; i < all; i++) {
                for (int v = 0; v < backbones.size(); v++) {
                    if (i == request.warmUps()) {
                        times.get(v).clear();
                    }
                    run.run(backbones.get(v), times.get(v));
                }
                monitor.progress(STAGE, i + 1, all, "run");
            }
            List<BenchmarkResult.Variant> variants = new ArrayList<>();
            for (int v = 0; v < backbones.size(); v++) {
                variants.add(new BenchmarkResult.Variant(request.variants().get(v).name(), backbones.get(v).description(), times.get(v).figures(),
                    backbones.get(v).note()));
            }
            return new BenchmarkResult(variants, run.shapes(), settings(run), diagnostics.facts(), watch.seconds());
        }
    }

    private Map<String, String> settings(BenchmarkRun<?> run) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("pipeline", pipeline.folder().path().getFileName().toString());
        settings.put("dtype", pipeline.computeType().name());
        settings.put("pictures", Integer.toString(run.batch().size()));
        settings.put("height", Long.toString(run.batch().height()));
        settings.put("width", Long.toString(run.batch().width()));
        settings.put("guidance", Double.toString(run.batch().guidanceScale()));
        settings.put("calls", Integer.toString(run.calls()));
        settings.put("warm-ups", Integer.toString(request.warmUps()));
        settings.put("runs", Integer.toString(request.runs()));
        return settings;
    }

    /** Backbones that are closed together, the last one first. */
    private static final class Opened<T> implements AutoCloseable {
        private final Deque<Backbone<T>> backbones = new ArrayDeque<>();

        @Override
        public void close() {
            while (!backbones.isEmpty()) {
                backbones.removeLast().close();
            }
        }
    }
}
