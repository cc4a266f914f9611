package io.halftone.core.internal.task;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.ExportResult;
import io.halftone.api.PlanResult;
import io.halftone.api.QualityException;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.core.internal.calibrate.Calibration;
import io.halftone.core.internal.calibrate.CalibrationPrompts;
import io.halftone.core.internal.calibrate.Calibrator;
import io.halftone.core.internal.calibrate.PartialStatistics;
import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Planner;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.quantize.Quantization;
import io.halftone.core.internal.quantize.Recipe;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.Sizes;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.quant.Collector;
import io.halftone.quant.Planned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Calibrates, quantizes, writes the checkpoint, and exports. */
public final class QuantizeTask implements JobRunner.Task<QuantizeResult> {
    private static final String EXPORTER = "onnx";
    /** What is taken where the user names none: of no interest where it has no effect. */
    private static final String USUAL_COLLECTOR = "default";

    private final Workplace work;
    private final Crew crew;
    private final QuantizeRequest request;
    private final OpenPipeline pipeline;
    private final Scan scan;
    private final List<Planned> plan;
    private final PlanResult described;
    private final List<String> prompts;
    private final TrialJudge judge;
    private final QuantizeGate gate;
    private final Path journal;
    private QualityException failure;

    /** Checks the request; everything that can be refused without tensors is refused here. */
    public QuantizeTask(Workplace work, QuantizeRequest request) throws IOException {
        this.work = work.on(Crew.first(request.source()));
        this.crew = Crew.of(work.runtime(), work.plugins(), request.source(), request.work().distributor(), request.work().workers());
        this.request = request;
        QuantSettings settings = request.settings();
        CalibrationSettings runs = request.calibration();
        Planner planner = new Planner(settings, work.plugins());
        // checks that the fraction leaves a step
        new Collector.Request(Collector.Request.NO_AXIS, runs.steps(), settings.percentile());
        this.pipeline = work.open(request.source());
        try {
            if (!request.onnxDirectory().isEmpty()) {
                ExportTask.check(EXPORTER, work.plugins().exporters().get(EXPORTER), pipeline, request.exportOptions());
            }
            Loras.refuseUnfused(request.source(), pipeline);
            PipelineSpec spec = pipeline.spec();
            this.scan = pipeline.scan(spec.backbone());
            this.plan = planner.plan(scan.layers());
            planner.checkOptions(plan);
            this.described = planner.describe(pipeline.config().component(spec.backbone()).className(), scan.layers());
            if (request.trials() > 1 && described.idle().contains(PlanResult.CALIBRATION)) {
                throw new IllegalArgumentException("trials: found " + request.trials()
                    + " where weights alone are quantized and every calibration is the same; expected 1");
            }
            this.prompts = CalibrationPrompts.of(runs, pipeline.folder().path());
            var batch = Sizes.batch(spec, prompts, "", runs.guidanceScale(), runs.height(), runs.width());
            // the schedule refuses a number of steps that it has not
            pipeline.schedule(runs.steps(), batch);
            boolean judged = request.trials() > 1 || !request.gate().isOpen();
            this.judge = judged ? new TrialJudge(this.work, pipeline, scan, runs) : null;
            this.gate = request.gate().isOpen() ? null : new QuantizeGate(judge, this.work.runtime(), request.gate());
            refuseHarmfulOutputs();
            // last: what is refused leaves no folder behind
            this.journal = outputs();
        } catch (IOException | RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    /** Nothing is written over the pipeline, over another output, or over what is read. */
    private void refuseHarmfulOutputs() throws IOException {
        Map<String, String> outputs = new LinkedHashMap<>();
        outputs.put("quantized-torch-ckpt-save-path", request.checkpoint().file());
        outputs.put("hf-ckpt-dir", request.checkpoint().hubFolder());
        outputs.put("onnx-dir", request.onnxDirectory());
        outputs.put("stats-out", request.work().statisticsOut());
        outputs.values().removeIf(String::isEmpty);
        Path folder = pipeline.folder().path().toRealPath();
        Map<Path, String> taken = new LinkedHashMap<>();
        request.work().statisticsIn().forEach(file -> taken.put(Path.of(file).toAbsolutePath().normalize(), "stats-in"));
        request.source().loras().forEach(lora -> taken.put(Path.of(lora.file()).toAbsolutePath().normalize(), "lora"));
        for (Map.Entry<String, String> output : outputs.entrySet()) {
            Path path = Path.of(output.getValue()).toAbsolutePath().normalize();
            Path real = Outputs.real(path);
            if (real.startsWith(folder) && !real.equals(folder) && pipeline.config().has(folder.relativize(real).getName(0).toString())) {
                throw new IllegalArgumentException(output.getKey() + " " + path + ": found a component's folder of the pipeline that is read; "
                    + "expected a place outside of it");
            }
            String before = taken.putIfAbsent(path, output.getKey());
            if (before != null) {
                throw new IllegalArgumentException(output.getKey() + " " + path + ": found the path of " + before + " too; expected another one");
            }
        }
    }

    /** Makes the folders to write to; the place to keep statistics in while calibrating. */
    private Path outputs() {
        Path kept = null;
        if (!request.onnxDirectory().isEmpty()) {
            kept = Outputs.folder("onnx-dir", request.onnxDirectory()).resolve(".calibration");
        }
        if (!request.checkpoint().hubFolder().isEmpty()) {
            kept = Outputs.folder("hf-ckpt-dir", request.checkpoint().hubFolder()).resolve(".calibration");
        }
        if (!request.checkpoint().file().isEmpty()) {
            Path file = Outputs.file("quantized-torch-ckpt-save-path", request.checkpoint().file());
            kept = file.resolveSibling(file.getFileName() + ".calibration");
        }
        return request.work().statisticsOut().isEmpty() ? kept : Outputs.file("stats-out", request.work().statisticsOut());
    }

    @Override
    public QuantizeResult run(Monitor monitor) throws IOException {
        Stopwatch watch = new Stopwatch();
        try (pipeline) {
            monitor.begins("load library");
            return request.trials() == 1 ? once(watch, monitor) : best(watch, monitor);
        }
    }

    private QuantizeResult once(Stopwatch watch, Monitor monitor) throws IOException {
        CalibrationSettings runs = request.calibration();
        Calibration calibration = Calibration.of(pipeline, work.plugins(), plan, request.settings(), runs, prompts, work.runtime().device());
        Calibrator calibrator = calibration.calibrator(request.work(), crew, journal);
        PartialStatistics statistics = calibrator.run(monitor);
        if (!request.work().statisticsOut().isEmpty()) {
            calibration.write(statistics, journal);
        }
        if (request.checkpoint().isNone() && request.onnxDirectory().isEmpty()) {
            String digest = Recipe.head(pipeline, work.plugins(), plan, request.settings(), runs, prompts, work.runtime().device()).path("digest").asText();
            return result(watch, calibration, digest, new CheckpointFiles.Written("", List.of(), List.of()), List.of(), List.of(),
                calibrator.batchesRun());
        }
        if (!statistics.isWhole()) {
            throw new IllegalArgumentException("statistics: found " + statistics.batches().size() + " of " + statistics.total()
                + " batches; expected all of them");
        }
        try (Quantization quantization = decide(runs, calibration, statistics, monitor)) {
            QuantizeResult result = write(watch, calibration, quantization, List.of(), calibrator.batchesRun(), monitor);
            forget(journal);
            pass(quantization, monitor);
            return result;
        }
    }

    /** Calibrates with one seed after the other, and keeps what does best on prompts that none was calibrated with. */
    private QuantizeResult best(Stopwatch watch, Monitor monitor) throws IOException {
        List<QuantizeResult.Trial> trials = new ArrayList<>();
        Quantization kept = null;
        Calibration keptCalibration = null;
        int batches = 0;
        try {
            for (int i = 0; i < request.trials(); i++) {
                CalibrationSettings runs = request.calibration().with(request.calibration().seed() + i);
                Calibration calibration = Calibration.of(pipeline, work.plugins(), plan, request.settings(), runs, prompts, work.runtime().device());
                Path its = journal.resolveSibling(journal.getFileName() + "-" + runs.seed());
                Calibrator calibrator = calibration.calibrator(request.work(), crew, its);
                PartialStatistics statistics = calibrator.run(monitor);
                batches += calibrator.batchesRun();
                Quantization quantization = decide(runs, calibration, statistics, monitor);
                QuantizeResult.Trial trial;
                try {
                    trial = judge.judge(runs.seed(), quantization.model(), monitor);
                } catch (IOException | RuntimeException e) {
                    quantization.close();
                    throw e;
                }
                boolean better = trials.stream().noneMatch(t -> t.psnr() >= trial.psnr());
                trials.add(trial);
                Quantization worse = better ? kept : quantization;
                if (better) {
                    kept = quantization;
                    keptCalibration = calibration;
                }
                if (worse != null) {
                    worse.close();
                }
            }
            trials.sort(Comparator.comparingDouble(QuantizeResult.Trial::psnr).reversed());
            QuantizeResult result = write(watch, keptCalibration, kept, trials, batches, monitor);
            for (QuantizeResult.Trial trial : trials) {
                forget(journal.resolveSibling(journal.getFileName() + "-" + trial.seed()));
            }
            pass(kept, monitor);
            return result;
        } finally {
            if (kept != null) {
                kept.close();
            }
        }
    }

    /** Remembers, all outputs written, if pictures of the model are not what was asked for. */
    private void pass(Quantization quantization, Monitor monitor) throws IOException {
        if (gate == null) {
            return;
        }
        String file = request.checkpoint().file();
        String folder = request.checkpoint().hubFolder().isEmpty() ? request.onnxDirectory() : request.checkpoint().hubFolder();
        Path pictures = file.isEmpty() ? Path.of(folder).resolve("quality") : Path.of(file + ".quality");
        try {
            gate.judge(quantization.model(), pictures.toAbsolutePath().normalize(), monitor);
        } catch (QualityException e) {
            failure = e;
        }
    }

    /** Fails if pictures of the model were not what was asked for: once all that was written is known to be there. */
    void enforceQuality() {
        if (failure != null) {
            throw failure;
        }
    }

    private Quantization decide(CalibrationSettings runs, Calibration calibration, PartialStatistics statistics, Monitor monitor) throws IOException {
        ObjectNode head = Recipe.head(pipeline, work.plugins(), plan, request.settings(), runs, prompts, work.runtime().device());
        return Quantization.decide(pipeline, work.runtime(), work.plugins(), plan, head, request.settings().options(), calibration, statistics, monitor);
    }

    private QuantizeResult write(Stopwatch watch, Calibration calibration, Quantization quantization, List<QuantizeResult.Trial> trials, int batches,
                                 Monitor monitor) throws IOException {
        CheckpointFiles.Written written = new CheckpointFiles(request.checkpoint(), pipeline, scan, work.plugins(), plan)
            .write(quantization.model(), monitor);
        List<ExportResult> exports = request.onnxDirectory().isEmpty() ? List.of()
            : List.of(ExportTask.export(work, pipeline, scan, quantization.model(), EXPORTER, request.onnxDirectory(), request.exportOptions(), monitor));
        return result(watch, calibration, quantization.model().recipe().digest(), written, exports, trials, batches);
    }

    private QuantizeResult result(Stopwatch watch, Calibration calibration, String digest, CheckpointFiles.Written written, List<ExportResult> exports,
                                  List<QuantizeResult.Trial> trials, int batches) throws IOException {
        long bytes = 0;
        for (Path file : written.files()) {
            bytes += Files.size(file);
        }
        List<String> notes = new ArrayList<>(notes(calibration));
        notes.addAll(written.notes());
        return new QuantizeResult(written.checkpoint(), written.files().stream().map(Path::toString).toList(), described, digest, prompts.size(),
            request.calibration().steps(), batches, trials, watch.seconds(), bytes, exports, request.work().statisticsOut(), notes);
    }

    /** What was asked for and had no effect on this model. */
    private List<String> notes(Calibration calibration) {
        String collector = request.settings().collector();
        List<String> notes = new ArrayList<>();
        if (!pipeline.synthetic().isEmpty()) {
            notes.add("the pipeline's weights are synthetic: " + pipeline.synthetic());
        }
        if (!work.runtime().device().isHost()) {
            notes.add("calibrated on " + work.runtime().description());
        }
        if (!calibration.uses(collector) && !collector.equals(USUAL_COLLECTOR)) {
            notes.add("collector " + collector + " has no effect here: " + (calibration.isBlind() ? "weights alone are quantized"
                : request.settings().algorithm() + " observes every quantized layer of this model in its own way"));
        }
        return notes;
    }

    private void forget(Path statistics) throws IOException {
        if (request.work().statisticsOut().isEmpty()) {
            Files.deleteIfExists(statistics);
        }
    }
}
