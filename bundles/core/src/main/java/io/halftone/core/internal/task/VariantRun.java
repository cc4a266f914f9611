package io.halftone.core.internal.task;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.halftone.api.BackboneChoice;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.EvaluateRequest.Quantized;
import io.halftone.api.EvaluateRequest.Restored;
import io.halftone.api.PlanResult;
import io.halftone.api.PlanResult.Kind;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.core.internal.evaluate.EvaluationFolder;
import io.halftone.core.internal.evaluate.EvaluationRun;
import io.halftone.core.internal.evaluate.LayerProfile;
import io.halftone.core.internal.evaluate.Measurements;
import io.halftone.core.internal.evaluate.Shot;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Planner;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.quantize.Digests;
import io.halftone.core.internal.quantize.QuantizedCheckpoint;
import io.halftone.core.internal.quantize.Recipe;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Parameters;
import io.halftone.safetensors.Safetensors;
import io.halftone.safetensors.SafetensorsFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Makes the pictures of one variant after the other, and everything that they need: checkpoints, engines. */
final class VariantRun {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ABOUT = "variant.json";
    private static final String LAYERS = "layers.json";
    private static final String MAGNITUDES = "magnitudes.json";
    private static final int DIGITS = 8;

    private final Workplace work;
    private final OpenPipeline pipeline;
    private final Scan scan;
    private final EvaluateRequest request;
    private final List<List<Shot>> batches;
    private final EvaluationFolder folder;
    private final Monitor monitor;
    private int made;
    private int kept;

    VariantRun(Workplace work, OpenPipeline pipeline, EvaluateRequest request, List<List<Shot>> batches, EvaluationFolder folder,
               Monitor monitor) {
        this.work = work;
        this.pipeline = pipeline;
        this.scan = pipeline.scan(pipeline.spec().backbone());
        this.request = request;
        this.batches = batches;
        this.folder = folder;
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
        pictures(name, name, BackboneChoice.fullPrecision(), about);
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
        folder.claim(name, variant + (variant instanceof Restored restored ? ", " + content(restored) : ""));
        if (isWhole(name) && (!profiles(variant) || Files.isRegularFile(folder.file(name, LAYERS)))) {
            kept += batches.stream().mapToInt(List::size).sum();
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
            about.set("bytes", EvaluationFolder.read(folder.file(EvaluationFolder.REFERENCE, ABOUT)).path("bytes"));
        } else {
            about.put("bytes", stored(checkpoint));
        }
        BackboneChoice choice = variant.engine().isEmpty() ? new BackboneChoice.Eager(checkpoint)
            : BackboneChoice.Built.of(checkpoint, variant.engine(), Map.of(), request.engineCache());
        pictures(variant.name(), name, choice, about);
        if (profiles(variant)) {
            profile(variant.name(), name, checkpoint);
        }
    }

    /** What tells a checkpoint from another of that name: its recipe, ranges and scales, and a sample of its weights. */
    private String content(Restored variant) throws IOException {
        try (QuantizedCheckpoint checkpoint = Backbones.restore(Path.of(variant.checkpoint()), pipeline)) {
            return checkpoint.recipe().digest() + " " + CheckpointSample.of(checkpoint);
        }
    }

    /** Bytes of a checkpoint, whether it is one file or several with an index. */
    private static long stored(String checkpoint) throws IOException {
        long bytes = 0;
        try (Safetensors weights = SafetensorsFiles.open(Path.of(checkpoint))) {
            for (Path file : weights.files()) {
                bytes += file.toString().endsWith(".json") ? 0 : Files.size(file);
            }
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
            if (!isThere(name, i)) {
                return false;
            }
        }
        return Files.isRegularFile(folder.file(name, ABOUT));
    }

    /** Whether a batch's numbers and all of its pictures are there. */
    private boolean isThere(String name, int batch) throws IOException {
        boolean all = Files.isRegularFile(folder.batch(name, batch));
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
        if (!Files.isRegularFile(file)) {
            new QuantizeTask(work, new QuantizeRequest(request.source(), settings, request.calibration(),
                new CalibrationWork(request.workers(), 1, 1, "", List.of()), 1, CheckpointTarget.compact(file.toString()), "",
                Map.of())).run(monitor);
        }
        return file.toString();
    }

    private void describe(ObjectNode about, QuantSettings settings) {
        PlanResult plan = new Planner(settings,
            work.plugins()).describe(pipeline.config().component(pipeline.spec().backbone()).className(),
            scan.layers());
        about.put("format", settings.format()).put("level", settings.level().name()).put("algorithm", settings.algorithm());
        ObjectNode quantized = about.putObject("quantized");
        for (Kind kind : Kind.values()) {
            quantized.put(kind.name().toLowerCase(java.util.Locale.ROOT), plan.quantized(kind));
        }
        about.put("share", plan.share());
    }

    private void pictures(String title, String name, BackboneChoice choice, ObjectNode about) throws IOException {
        int missing = 0;
        for (int i = 0; i < batches.size(); i++) {
            boolean there = isThere(name, i);
            missing += there ? 0 : batches.get(i).size();
            kept += there ? batches.get(i).size() : 0;
        }
        if (missing == 0 && Files.isRegularFile(folder.file(name, ABOUT))) {
            return;
        }
        work.runtime().run(new EagerRuntime.Task<Void>() {
            @Override
            public <T> Void run(EagerRuntime.Context<T> context) throws IOException {
                RunningPipeline<T> parts = new RunningPipeline<>(pipeline, context, monitor, request.sampling().tiled());
                try (Backbone<T> backbone = new BuiltEngines(work, monitor).open(choice, parts,
                    () -> new PictureRun<>(parts, sampling(batches.get(0)), monitor).inputShapes())) {
                    about.put("backbone", backbone.description()).put("note", backbone.note());
                    if (!backbone.recipe().isEmpty()) {
                        about.set("recipe", Recipe.parse(backbone.description(), backbone.recipe()).summary());
                    }
                    EvaluationRun<T> run = new EvaluationRun<>(parts, request.sampling(), monitor);
                    for (int i = 0; i < batches.size(); i++) {
                        if (!Files.isRegularFile(folder.batch(name, i))) {
                            batch(run, title, name, backbone, i, about);
                        }
                    }
                    EvaluationFolder.write(folder.file(name, ABOUT), about);
                }
                return null;
            }
        });
    }

    private <T> void batch(EvaluationRun<T> run, String title, String name, Backbone<T> backbone, int index,
        ObjectNode about) throws IOException {
        List<Shot> shots = batches.get(index);
        boolean reference = name.equals(EvaluationFolder.REFERENCE);
        EvaluationRun.Outcome outcome = run.run(shots, backbone, new EvaluationRun.Place("pictures of " + title, index, batches.size()));
        EvaluationRun.Outcome expected = null;
        if (reference) {
            folder.keep(index, outcome);
        } else {
            expected = folder.kept(index, shots.size(), outcome.pictures().get(0).height(), outcome.pictures().get(0).width());
        }
        List<Map<String, String>> text = new ArrayList<>();
        for (Shot shot : shots) {
            ObjectNode facts = JSON.createObjectNode().put("evaluation", title).put("backbone", backbone.description())
                .put("prompt", request.sampling().prompts().get(shot.prompt())).put("seed", shot.seed());
            if (about.has("recipe")) {
                facts.put("recipe", about.at("/recipe/digest").asText());
            }
            text.add(new TreeMap<>(Map.of(Recipe.KEY, facts.toString())));
        }
        Measurements.write(folder, name, index, shots, outcome, expected, text);
        made += shots.size();
    }

    private Sampling sampling(List<Shot> shots) {
        Sampling all = request.sampling();
        return new Sampling(shots.stream().map(shot -> all.prompts().get(shot.prompt())).toList(), all.negativePrompt(), all.steps(),
            all.guidanceScale(), all.height(), all.width(), shots.get(0).seed(), "", 1, all.tiled());
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
