package io.halftone.core.internal.task;

import io.halftone.api.BuildRequest;
import io.halftone.api.BuildResult;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.ExportRequest;
import io.halftone.api.ExportResult;
import io.halftone.api.FuseLoraRequest;
import io.halftone.api.FuseLoraResult;
import io.halftone.api.LoraSource;
import io.halftone.api.PipelineSource;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.SearchRequest;
import io.halftone.api.SearchResult;
import io.halftone.api.StatisticsInfo;
import io.halftone.api.SynthesizeRequest;
import io.halftone.api.SynthesizeResult;
import io.halftone.core.internal.attest.Attested;
import io.halftone.core.internal.attest.Attested.Made;
import io.halftone.core.internal.attest.Origin;
import io.halftone.core.internal.calibrate.StatisticsMerge;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.quantize.QuantizedCheckpoint;
import io.halftone.core.internal.run.OpenPipeline;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.stream.Stream;

/** The jobs whose artifacts get a statement of how they came to be, each with what it reads and makes. */
public final class Attestation {
    private final Workplace work;
    private final Attested.Surroundings surroundings;

    /** Jobs of a workplace. */
    public Attestation(Workplace work, Attested.Surroundings surroundings) {
        this.work = work;
        this.surroundings = surroundings;
    }

    /** Calibrates, quantizes, writes and exports. */
    public JobRunner.Task<QuantizeResult> quantize(QuantizeRequest request) throws IOException {
        var task = new QuantizeTask(work, request);
        JobRunner.Task<QuantizeResult> attested = attested("quantize", task, request, () -> prompts(whole(request.source(), request.source().loras())
            .files("statistics", paths(request.work().statisticsIn())), request.calibration()), Attestation::made);
        return monitor -> {
            QuantizeResult result = attested.run(monitor);
            task.enforceQuality();
            return result;
        };
    }

    /** Exports. */
    public JobRunner.Task<ExportResult> export(ExportRequest request) throws IOException {
        var task = new ExportTask(work, request);
        return attested("export", task, request, () -> origin(request), result -> List.of(made(result)));
    }

    /** Builds an engine. */
    public JobRunner.Task<BuildResult> build(BuildRequest request) throws IOException {
        var task = new BuildTask(work, request);
        return attested("build", task, request, () -> new Origin().files("model", task.inputs()),
            result -> List.of(new Made(result.report().file(), result.report().files().stream().filter(Files::exists).toList())));
    }

    /** Searches for a recipe. */
    public JobRunner.Task<SearchResult> search(SearchRequest request) throws IOException {
        var task = new SearchTask(work, request);
        return attested("auto", task, request, () -> prompts(whole(request.source(), request.source().loras()), request.calibration()),
            result -> byFolder(Stream.of(result.recipe(), result.table()).filter(file -> !file.isEmpty()).toList()));
    }

    /** Writes random weights. */
    public JobRunner.Task<SynthesizeResult> synthesize(SynthesizeRequest request) throws IOException {
        var task = new SynthesizeTask(work, request);
        return attested("synthesize", task, request, Origin::new, result -> List.of(folder(result.directory())));
    }

    /** Fuses LoRAs, or takes them out. */
    public JobRunner.Task<FuseLoraResult> fuseLora(FuseLoraRequest request) throws IOException {
        var task = new FuseLoraTask(work, request);
        return attested("fuse-lora", task, request, () -> whole(request.source(), request.loras()), result -> List.of(folder(result.directory())));
    }

    /** What is asked for where statistics are joined, as its statement tells it. */
    record Merge(List<String> files, String target) {}

    /** Joins files of statistics, at once. */
    public StatisticsInfo mergeStatistics(List<String> files, String target) throws IOException {
        StatisticsMerge merge = StatisticsMerge.of(work.plugins(), files);
        JobRunner.Task<StatisticsInfo> task = monitor -> merge.write(target);
        var attested = new Attested<>("merge-stats", task, new Merge(files, target),
            () -> new Origin().files("statistics", paths(files)), surroundings, result -> byFolder(List.of(result.file())));
        try {
            return attested.runBehindInputs(Monitor.silent());
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("interrupted");
        } catch (Exception e) {
            throw new IllegalStateException(e);   // none of these steps throws another
        }
    }

    private <R> JobRunner.Task<R> attested(String kind, JobRunner.Task<R> task, Object request, Callable<Origin> origin,
                                           Function<R, List<Made>> made) {
        return new Attested<>(kind, task, request, origin, surroundings, made);
    }

    private Origin whole(PipelineSource source, List<LoraSource> loras) throws IOException {
        try (OpenPipeline pipeline = work.open(source)) {
            return new Origin().pipeline(pipeline).files("lora", loras(loras));
        }
    }

    private Origin origin(ExportRequest request) throws IOException {
        Origin origin;
        try (OpenPipeline pipeline = work.open(request.source())) {
            origin = new Origin().backbone(pipeline).files("lora", loras(request.source().loras()));
        }
        if (!request.restoreFrom().isEmpty()) {
            origin.files("checkpoint", QuantizedCheckpoint.files(Path.of(request.restoreFrom())));
        }
        return origin;
    }

    private static List<Path> loras(List<LoraSource> loras) {
        return loras.stream().map(lora -> Path.of(lora.file())).toList();
    }

    private static List<Path> paths(List<String> files) {
        return files.stream().map(Path::of).toList();
    }

    private static Origin prompts(Origin origin, CalibrationSettings runs) {
        return origin.files("prompts", runs.promptsFile().isEmpty() ? List.of() : List.of(Path.of(runs.promptsFile())));
    }

    private static List<Made> made(QuantizeResult result) {
        // the file that users name is the first
        Stream<String> named = Stream.of(result.checkpoint()).filter(file -> !file.isEmpty());
        List<Made> made = new ArrayList<>(byFolder(Stream.concat(named, result.files().stream()).toList()));
        result.exports().forEach(export -> made.add(made(export)));
        if (!result.statistics().isEmpty()) {
            made.addAll(byFolder(List.of(result.statistics())));
        }
        return made;
    }

    private static Made made(ExportResult result) {
        return new Made(Path.of(result.model()), paths(result.files()));
    }

    /** Files of several folders, a group for each; the first of a folder is its principal. */
    private static List<Made> byFolder(List<String> files) {
        Map<Path, Set<Path>> folders = new LinkedHashMap<>();
        for (String file : files) {
            Path path = Path.of(file).toAbsolutePath().normalize();
            folders.computeIfAbsent(path.getParent(), folder -> new LinkedHashSet<>()).add(path);
        }
        return folders.values().stream().map(group -> new Made(group.iterator().next(), List.copyOf(group))).toList();
    }

    /** A pipeline folder, called by its index. */
    private static Made folder(String directory) {
        Path folder = Path.of(directory).toAbsolutePath().normalize();
        try (Stream<Path> files = Files.walk(folder)) {
            return new Made(folder.resolve("model_index.json"), files.filter(Files::isRegularFile).sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
