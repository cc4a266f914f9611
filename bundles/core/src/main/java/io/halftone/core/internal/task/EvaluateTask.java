package io.halftone.core.internal.task;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.BackboneChoice;
import io.halftone.api.Distribution;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.EvaluateRequest.Quantized;
import io.halftone.api.EvaluateRequest.Restored;
import io.halftone.api.EvaluateResult;
import io.halftone.api.Sampling;
import io.halftone.core.internal.calibrate.CalibrationPrompts;
import io.halftone.core.internal.calibrate.Identity;
import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.doctor.Diagnostics;
import io.halftone.core.internal.evaluate.EvaluationFolder;
import io.halftone.core.internal.evaluate.EvaluationReport;
import io.halftone.core.internal.evaluate.Gate;
import io.halftone.core.internal.evaluate.Perceptual;
import io.halftone.core.internal.evaluate.Shot;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Planner;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.pipeline.PromptBatch;
import io.halftone.report.EvaluationPage;
import io.halftone.report.PictureTable;
import io.halftone.files.PathLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes the same pictures with every variant, compares each with full precision, and reports; what is there is not made again. */
public final class EvaluateTask implements JobRunner.Task<EvaluateResult> {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Workplace work;
    private final Crew crew;
    private final Diagnostics diagnostics;
    private final EvaluateRequest request;
    private final OpenPipeline pipeline;
    private final List<List<Shot>> batches;
    private final PromptBatch size;
    private final ObjectNode identity;
    private final EvaluationFolder folder;

    /** Checks the request; everything that can be refused without tensors is refused here. */
    public EvaluateTask(Workplace work, Diagnostics diagnostics, EvaluateRequest request) throws IOException {
        this.work = work.on(Crew.first(request.source()));
        this.crew = Crew.of(work.runtime(), work.plugins(), request.source(), request.distribution().distributor(), 0);
        this.diagnostics = diagnostics;
        this.request = request;
        this.pipeline = work.open(request.source());
        try {
            PictureRun.check(pipeline, request.sampling());
            Loras.refuseUnfused(request.source(), pipeline);
            Scan scan = pipeline.scan(pipeline.spec().backbone());
            for (EvaluateRequest.Variant variant : request.variants()) {
                check(variant, scan);
            }
            check("lpips-weights", request.gate().lpips(), "");
            check("clip-path", request.clip(), "config.json");
            this.batches = Shot.batches(request.sampling().prompts().size(), request.seeds(), request.batchSize());
            this.size = PictureRun.batch(pipeline.spec(), request.sampling());
            this.identity = identity(scan);
            this.folder = new EvaluationFolder(Outputs.folder("out", request.directory()));
            folder.claim(identity);
        } catch (IOException | RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    private void check(EvaluateRequest.Variant variant, Scan scan) {
        if (variant instanceof Quantized quantized) {
            Planner planner = new Planner(quantized.settings(), work.plugins());
            try {
                planner.checkOptions(planner.plan(scan.layers()));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("variant " + variant.name() + ": " + e.getMessage(), e);
            }
        } else if (variant instanceof Restored restored) {
            Backbones.check(new BackboneChoice.Eager(restored.checkpoint()), work);
        }
        PictureWork.checkEngine(variant, request.distribution().distributor(), work);
    }

    private static void check(String option, String path, String within) {
        if (!path.isEmpty() && !Files.isRegularFile(Path.of(path).resolve(within))) {
            throw new IllegalArgumentException(option + " " + path + ": found no " + (within.isEmpty() ? "such file" : within + " in it")
                + "; expected " + (within.isEmpty() ? "a safetensors file" : "a model folder"));
        }
    }

    /** One evaluation at a time works in a folder, or slices of one. */
    private PathLock lock() throws IOException {
        Path lock = folder.path().resolve("work").resolve("lock");
        return (request.distribution().isWhole() ? PathLock.tryAlone(lock) : PathLock.tryShared(lock)).orElseThrow(this::occupied);
    }

    /** One at a time works on a slice. */
    private PathLock sliceLock() throws IOException {
        Distribution its = request.distribution();
        return PathLock.tryAlone(folder.path().resolve("work").resolve("lock-" + its.slice() + "-of-" + its.slices())).orElseThrow(this::occupied);
    }

    private IllegalArgumentException occupied() {
        return new IllegalArgumentException("out " + folder.path() + ": found another evaluation that works there; expected none");
    }

    /** All that a picture or a number depends on beside its variant. */
    private ObjectNode identity(Scan scan) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        ObjectNode its = Identity.pipeline(pipeline);
        its.put("parameters", scan.parameters().values().stream().mapToLong(shape -> shape.count().size()).sum());
        root.set("pipeline", its);
        Sampling sampling = request.sampling();
        ObjectNode pictures = root.putObject("sampling").put("steps", PictureRun.steps(pipeline.spec(), sampling))
            .put("guidanceScale", size.guidanceScale()).put("height", size.height()).put("width", size.width())
            .put("negativePrompt", sampling.negativePrompt()).put("tiled", sampling.tiled()).put("batchSize", request.batchSize());
        if (!work.runtime().device().isHost()) {
            pictures.put("device", work.runtime().device().name());
        }
        ArrayNode prompts = root.putArray("prompts");
        sampling.prompts().forEach(prompts::add);
        ArrayNode seeds = root.putArray("seeds");
        request.seeds().forEach(seeds::add);
        // of every variant that is quantized, now or later
        root.set("calibration", Identity.runs(pipeline, request.calibration(),
            CalibrationPrompts.of(request.calibration(), pipeline.folder().path()), work.runtime().device()));
        return root;
    }

    @Override
    public EvaluateResult run(Monitor monitor) throws IOException {
        Stopwatch watch = new Stopwatch();
        try (pipeline; PathLock lock = lock(); PathLock slice = sliceLock()) {
            VariantRun runs = new VariantRun(work, pipeline, request, batches, folder, crew, monitor);
            runs.reference();
            for (EvaluateRequest.Variant variant : request.variants()) {
                runs.variant(variant);
            }
            if (!request.distribution().isWhole()) {
                return new EvaluateResult(List.of(), "", "", "", runs.made(), runs.kept(), watch.seconds());
            }
            List<String> names = request.variants().stream().map(EvaluateRequest.Variant::fileName).toList();
            Perceptual perceptual = new Perceptual(folder, batches);
            perceptual.lpips(request.gate().lpips(), names, work.runtime(), monitor);
            perceptual.clip(request.clip(), names, request.sampling().prompts(), work.runtime(), work.plugins(), monitor);
            monitor.progress("report", 0, 0, "file");
            EvaluationReport report = new EvaluationReport(folder, request, batches);
            String name = request.source().model().isEmpty() ? pipeline.folder().path().getFileName().toString() : request.source().model();
            ObjectNode root = report.build(name, identity, diagnostics.facts(), perceptual, Math.toIntExact(size.width()),
                Math.toIntExact(size.height()));
            Gate gate = report.judge();
            Path json = folder.path().resolve("report.json");
            EvaluationFolder.write(json, root);
            Path csv = folder.path().resolve("report.csv");
            EvaluationFolder.write(csv, PictureTable.of(root.toString()));
            Path html = folder.path().resolve("report.html");
            EvaluationFolder.write(html, EvaluationPage.of(root.toString(), folder.path()));
            gate.enforce(html.toString());
            return new EvaluateResult(report.variants(), html.toString(), json.toString(), csv.toString(),
                runs.made(), runs.kept(), watch.seconds());
        }
    }
}
