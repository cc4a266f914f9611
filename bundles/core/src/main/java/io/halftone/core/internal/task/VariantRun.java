package io.halftone.core.internal.task;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.BackboneChoice;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.Distribution;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.EvaluateRequest.Quantized;
import io.halftone.api.EvaluateRequest.Restored;
import io.halftone.api.PlanResult;
import io.halftone.api.PlanResult.Kind;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.core.internal.distribute.Crew;
import io.halftone.core.internal.distribute.Description;
import io.halftone.core.internal.distribute.Tally;
import io.halftone.core.internal.evaluate.EvaluationFolder;
import io.halftone.core.internal.evaluate.EvaluationRun;
import io.halftone.core.internal.evaluate.LayerProfile;
import io.halftone.core.internal.evaluate.Shot;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Planner;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.quantize.Digests;
import io.halftone.core.internal.quantize.QuantizedCheckpoint;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Unit;
import io.halftone.distribute.Work;
import io.halftone.distribute.WorkSession;
import io.halftone.files.PathLock;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Parameters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;

/** Makes the pictures of one variant after the other, and everything that they need: checkpoints, engines. */
final class VariantRun {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LAYERS = "layers.json";
    private static final String MAGNITUDES = "magnitudes.json";
    private static final int DIGITS = 8;
    private static final long PAUSE_MILLIS = 100;

    private final Workplace work;
    private final OpenPipeline pipeline;
    private final Scan scan;
    private final EvaluateRequest request;
    private final List<List<Shot>> batches;
    private final EvaluationFolder folder;
    private final Crew crew;
    private final Distribution distribution;
    private final Monitor monitor;
    private int made;
    private int kept;

    VariantRun(Workplace work, OpenPipeline pipeline, EvaluateRequest request, List<List<Shot>> batches, EvaluationFolder folder,
               Crew crew, Monitor monitor) {
        this.work = work;
        this.pipeline = pipeline;
        this.scan = pipeline.scan(pipeline.spec().backbone());
        this.request = request;
        this.batches = batches;
        this.folder = folder;
        this.crew = crew;
        this.distribution = request.distribution();
        this.monitor = monitor;
    }

    /** Pictures that were made. */
    int made() {
        return made;
    }

    /** Pictures that were there already. */
    int kept() {
        return kept;
    }

    /** Full precision on libtorch. */
    void reference() throws IOException {
        String name = EvaluationFolder.REFERENCE;
        Parameters weights = pipeline.parameters(pipeline.spec().backbone());
        long bytes = weights.names().stream().mapToLong(parameter -> weights.info(parameter).byteLength()).sum();
        ObjectNode about = JSON.createObjectNode().put("engine", "").put("bytes", bytes);
        pictures(name, name, BackboneChoice.fullPrecision(), "", "", about);
        if (!distribution.has(0)) {
            return;   // whoever makes the first picture looks at its layers
        }
        Path magnitudes = folder.file(name, MAGNITUDES);
        if (!Files.isRegularFile(magnitudes)) {
            EvaluationFolder.write(magnitudes, inRuntime(new Profile() {
                @Override
                public <T> ObjectNode of(RunningPipeline<T> parts, EvaluationRun<T> run) {
                    return LayerProfile.magnitudes(parts, run, batches.get(0).get(0));
                }
            }));
        }
    }

    /** Another variant, compared with the reference's pictures. */
    void variant(EvaluateRequest.Variant variant) throws IOException {
        String name = variant.fileName();
        folder.claim(name, variant + (variant instanceof Restored restored ? ", " + PictureWork.sample(restored.checkpoint(), pipeline) : ""));
        if (isWhole(name) && (!profiles(variant) || !distribution.has(0) || Files.isRegularFile(folder.file(name, LAYERS)))) {
            kept += IntStream.range(0, batches.size()).filter(distribution::has).map(i -> batches.get(i).size()).sum();
            return;
        }
        String checkpoint = "";
        ObjectNode about = JSON.createObjectNode().put("engine", variant.engine());
        if (variant instanceof Quantized quantized) {
            checkpoint = checkpoint(quantized);
            describe(about, quantized.settings());
        } else if (variant instanceof Restored restored) {
            checkpoint = restored.checkpoint();
        }
        if (checkpoint.isEmpty()) {
            about.set("bytes", EvaluationFolder.read(folder.file(EvaluationFolder.REFERENCE, VariantSink.ABOUT)).path("bytes"));
        } else {
            about.put("bytes", stored(checkpoint));
        }
        BackboneChoice choice = variant.engine().isEmpty() ? new BackboneChoice.Eager(checkpoint)
            : BackboneChoice.Built.of(checkpoint, variant.engine(), Map.of(), request.engineCache());
        pictures(variant.name(), name, choice, checkpoint, variant.engine(), about);
        if (profiles(variant) && distribution.has(0)) {
            profile(variant.name(), name, checkpoint);
        }
    }

    /** Bytes of a checkpoint, whether it is one file or several with an index. */
    private static long stored(String checkpoint) throws IOException {
        long bytes = 0;
        for (Path file : QuantizedCheckpoint.files(Path.of(checkpoint))) {
            bytes += file.toString().endsWith(".json") ? 0 : Files.size(file);
        }
        return bytes;
    }

    /** Whether layers are looked at: of variants with the same settings, whose layers are the same on every engine, only for the first. */
    private boolean profiles(EvaluateRequest.Variant variant) {
        return variant instanceof Quantized quantized
            && request.variants().stream().filter(Quantized.class::isInstance).map(Quantized.class::cast)
            .filter(other -> other.settings().equals(quantized.settings())).findFirst().orElseThrow().equals(variant);
    }

    private boolean isWhole(String name) throws IOException {
        for (int i = 0; i < batches.size(); i++) {
            if (distribution.has(i) && !isThere(name, i)) {
                return false;
            }
        }
        return true;
    }

    /** Whether a batch's numbers and all of its pictures are there, and what is known of the variant. */
    private boolean isThere(String name, int batch) throws IOException {
        boolean all = Files.isRegularFile(folder.batch(name, batch)) && Files.isRegularFile(folder.file(name, VariantSink.ABOUT));
        for (Shot shot : batches.get(batch)) {
            all &= Files.isRegularFile(folder.picture(name, shot));
        }
        return all;
    }

    /** The checkpoint of these settings, made where it is not there; variants that differ by the engine share it. */
    private String checkpoint(Quantized variant) throws IOException {
        QuantSettings settings = variant.settings();
        String digest = Digests.sha256(StandardCharsets.UTF_8.encode(settings.toString())).substring(0, DIGITS);
        Path file = folder.checkpoint(settings.format() + "-" + settings.level().name() + "-" + settings.algorithm() + "-" + digest
            + ".safetensors");
        try (PathLock lock = alone(folder.file(EvaluationFolder.REFERENCE, file.getFileName() + ".lock"))) {
            if (!Files.isRegularFile(file)) {
                new QuantizeTask(work, new QuantizeRequest(request.source(), settings, request.calibration(),
                    new CalibrationWork(request.workers(), 1, 1, "", List.of(), distribution.distributor()), 1, CheckpointTarget.compact(file.toString()), "",
                    Map.of())).run(monitor);
            }
        }
        return file.toString();
    }

    /** Another slice may be at work on the same file. */
    private PathLock alone(Path file) throws IOException {
        for (;;) {
            Optional<PathLock> lock = PathLock.tryAlone(file);
            if (lock.isPresent()) {
                return lock.get();
            }
            monitor.begins("wait for a checkpoint");
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
    }

    private void describe(ObjectNode about, QuantSettings settings) {
        PlanResult plan = new Planner(settings,
            work.plugins()).describe(pipeline.config().component(pipeline.spec().backbone()).className(),
            scan.layers());
        about.put("format", settings.format()).put("level", settings.level().name()).put("algorithm", settings.algorithm());
        ObjectNode quantized = about.putObject("quantized");
        for (Kind kind : Kind.values()) {
            quantized.put(kind.name().toLowerCase(Locale.ROOT), plan.quantized(kind));
        }
        about.put("share", plan.share());
    }

    private void pictures(String title, String name, BackboneChoice choice, String checkpoint, String engine, ObjectNode about) throws IOException {
        List<Unit> missing = new ArrayList<>();
        for (int i = 0; i < batches.size(); i++) {
            if (distribution.has(i)) {
                boolean there = isThere(name, i);
                kept += there ? batches.get(i).size() : 0;
                if (!there) {
                    missing.add(new Unit(i, ""));
                }
            }
        }
        if (missing.isEmpty()) {
            return;
        }
        int threads = crew.runtime().threads();
        var order = new OpenPictures.Order(choice, request.sampling(), batches, threads);
        int all = (int) IntStream.range(0, batches.size()).filter(distribution::has).count();
        VariantSink sink = new VariantSink(request, batches, folder, title, name, about, new Tally(monitor, "pictures of " + title, "step",
            all - missing.size(), all), monitor);
        try (sink; OpenWork here = new OpenPictures(work, pipeline, crew, order, monitor);
             WorkSession session = crew.distributor().begin(describe(checkpoint, engine, threads), here)) {
            session.run(missing, sink);
            sink.finish();
        } finally {
            made += sink.made();
        }
    }

    private Work describe(String checkpoint, String engine, int threads) throws IOException {
        ObjectNode root = Description.of(PictureWork.KIND, work.plugins(), pipeline, crew.runtime(), true);
        String file = checkpoint.isEmpty() ? "" : Path.of(checkpoint).toAbsolutePath().normalize().toString();
        new PictureWork(file, file.isEmpty() ? "" : PictureWork.sample(file, pipeline), engine, PictureWork.identity(engine, work), request.sampling(),
            request.seeds(), request.batchSize(), threads, PictureWork.atATime(threads, crew.runtime().device())).write(root);
        return Description.work(root);
    }

    private void profile(String title, String name, String checkpoint) throws IOException {
        Path file = folder.file(name, LAYERS);
        if (Files.isRegularFile(file)) {
            return;
        }
        EvaluationFolder.write(file, inRuntime(new Profile() {
            @Override
            public <T> ObjectNode of(RunningPipeline<T> parts, EvaluationRun<T> run) {
                try (QuantizedCheckpoint restored = Backbones.restore(Path.of(checkpoint), pipeline)) {
                    return LayerProfile.errors(parts, run, batches.get(0).get(0), restored.model(pipeline), work.plugins(), "layers of "
                        + title);
                }
            }
        }));
    }

    /** Work over whatever tensors there are. */
    private interface Profile {
        <T> ObjectNode of(RunningPipeline<T> parts, EvaluationRun<T> run);
    }

    private ObjectNode inRuntime(Profile profile) throws IOException {
        return work.runtime().run(new EagerRuntime.Task<ObjectNode>() {
            @Override
            public <T> ObjectNode run(EagerRuntime.Context<T> context) {
                RunningPipeline<T> parts = new RunningPipeline<>(pipeline, context, monitor, request.sampling().tiled());
                return profile.of(parts, new EvaluationRun<>(parts, request.sampling(), monitor));
            }
        });
    }
}
