package io.halftone.core.internal.task;

import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.imaging.Picture;
import io.halftone.imaging.Png;
import io.halftone.metrics.ImageMetrics;
import io.halftone.ops.EagerRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Makes the same pictures with two backbones, compares them, and times both. */
public final class CompareTask implements JobRunner.Task<CompareResult> {
    private static final int WARM_UPS = 3;

    private final Workplace work;
    private final CompareRequest request;
    private final Path folder;
    private final OpenPipeline pipeline;

    /** Checks the request. */
    public CompareTask(Workplace work, CompareRequest request) throws IOException {
        this.work = work.on(request.source());
        this.request = request;
        Backbones.check(request.reference(), work);
        Backbones.check(request.candidate(), work);
        this.pipeline = work.open(request.source());
        try {
            PictureRun.check(pipeline, request.sampling());
            this.folder = Outputs.folder("out", request.directory());
        } catch (RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    @Override
    public CompareResult run(Monitor monitor) throws IOException {
        Stopwatch watch = new Stopwatch();
        try (pipeline) {
            monitor.begins("load library");
            return work.runtime().run(new EagerRuntime.Task<CompareResult>() {
                @Override
                public <T> CompareResult run(EagerRuntime.Context<T> context) throws IOException {
                    return compare(new RunningPipeline<>(pipeline, context, monitor, request.sampling().tiled()), monitor, watch);
                }
            });
        }
    }

    private <T> CompareResult compare(RunningPipeline<T> parts, Monitor monitor, Stopwatch watch) throws IOException {
        PictureRun<T> run = new PictureRun<>(parts, request.sampling(), monitor);
        BuiltEngines engines = new BuiltEngines(work, monitor);
        try (Backbone<T> reference = engines.open(request.reference(), parts, run::inputShapes);
             Backbone<T> candidate = engines.open(request.candidate(), parts, run::inputShapes)) {
            List<Timings> timings = List.of(new Timings(), new Timings());
            TensorDump<T> nothing = new TensorDump<>(parts.ops(), false);
            List<Picture> expected = run.run("generate reference", reference, timings.get(0), nothing);
            List<Picture> found = run.run("generate candidate", candidate, timings.get(1), nothing);
            if (request.runs() > 0) {
                run.time("time", List.of(reference, candidate), timings, WARM_UPS, request.runs());
            }
            List<CompareResult.Pair> pairs = new ArrayList<>();
            for (int i = 0; i < expected.size(); i++) {
                pairs.add(pair(run, i, expected, found, reference, candidate));
            }
            double psnr = pairs.stream().mapToDouble(CompareResult.Pair::psnr).average().orElseThrow();
            double ssim = pairs.stream().mapToDouble(CompareResult.Pair::ssim).average().orElseThrow();
            boolean skipFirst = request.runs() == 0;
            return new CompareResult(pairs, timings.get(0).latency(reference, skipFirst), timings.get(1).latency(candidate, skipFirst), psnr, ssim,
                watch.seconds());
        }
    }

    private CompareResult.Pair pair(PictureRun<?> run, int i, List<Picture> expected, List<Picture> found, Backbone<?> reference,
                                    Backbone<?> candidate)
        throws IOException {
        int count = expected.size();
        Path left = Outputs.numbered(folder.resolve("reference.png"), i, count);
        Path right = Outputs.numbered(folder.resolve("candidate.png"), i, count);
        Path both = Outputs.numbered(folder.resolve("side-by-side.png"), i, count);
        Png.write(expected.get(i), left, Provenance.of(pipeline, request.sampling(), run, i, reference));
        Png.write(found.get(i), right, Provenance.of(pipeline, request.sampling(), run, i, candidate));
        Png.write(Picture.sideBySide(List.of(expected.get(i), found.get(i))), both,
            Provenance.of(pipeline, request.sampling(), run, i, reference, candidate));
        return new CompareResult.Pair(request.sampling().picturePrompts().get(i), left.toString(), right.toString(), both.toString(),
            ImageMetrics.psnr(expected.get(i), found.get(i)), ImageMetrics.ssim(expected.get(i), found.get(i)));
    }
}
