package io.halftone.core.internal.task;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BuildRequest;
import io.halftone.api.ExportRequest;
import io.halftone.api.PipelineSource;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.quantize.Digests;
import io.halftone.core.internal.quantize.QuantizedCheckpoint;
import io.halftone.core.internal.quantize.Recipe;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.export.EngineBuilder;
import io.halftone.export.EngineException;
import io.halftone.export.ExtentFacts;
import io.halftone.model.ModelSignature;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Opens backbones, and makes the engines that are not there: exports the model, builds the engine, and keeps both. */
public final class BuiltEngines {
    private static final String ENGINE_FILE = "backbone.plan";
    /** What engines call the file that timings are kept in between builds. */
    private static final String TIMING_CACHE = "timing-cache";
    /** Of the facts that keys are made of. */
    private static final String FORMAT = "1";

    private final Workplace work;
    private final Monitor monitor;

    BuiltEngines(Workplace work, Monitor monitor) {
        this.work = work;
        this.monitor = monitor;
    }

    /** Refuses what cannot be made, before work begins. */
    static void check(BackboneChoice.Built built, Workplace work) {
        EngineBuilder builder = work.plugins().engines().get(built.engine());
        if (!built.checkpoint().isEmpty()) {
            Backbones.expectCheckpoint(built.checkpoint());
        }
        if (!built.file().isEmpty()) {
            Backbones.checkLoad(built.engine(), built.file(), built.options(), builder);
            return;
        }
        Workplace.checkOptions("engine " + built.engine(), built.options(), builder.options());
        if (built.onnx().isEmpty()) {
            work.plugins().exporters().get(built.exporter());
        } else {
            Backbones.modelFile(built.onnx());
        }
        Outputs.folder("engine cache", cache(built, work).folder().toString());
    }

    /** What a pipeline should compute in for that backbone. */
    public static DType computeType(Workplace work, PipelineSource source, BackboneChoice.Built built) throws IOException {
        EngineBuilder builder = work.plugins().engines().get(built.engine());
        if (!built.checkpoint().isEmpty()) {
            try (QuantizedCheckpoint checkpoint = QuantizedCheckpoint.open(Path.of(built.checkpoint()))) {
                return DType.valueOf(checkpoint.recipe().computeType());
            }
        }
        try (OpenPipeline pipeline = work.open(source)) {
            Parameters weights = pipeline.parameters(pipeline.spec().backbone());
            boolean brain = weights.names().stream().map(name -> weights.info(name).dtype()).anyMatch(DType.BFLOAT16::equals);
            return builder.usualType(brain ? DType.BFLOAT16 : DType.FLOAT32);
        }
    }

    private static EngineCache cache(BackboneChoice.Built built, Workplace work) {
        return built.cache().isEmpty() ? work.engines()
            : new EngineCache(Path.of(built.cache()).toAbsolutePath().normalize(), work.engines().limit());
    }

    /**
     * Opens a backbone.
     *
     * @param inputs the shapes of its inputs by name, asked for where an engine is built for them
     */
    <T> Backbone<T> open(BackboneChoice choice, RunningPipeline<T> parts, Supplier<Map<String, Shape>> inputs) throws IOException {
        if (!(choice instanceof BackboneChoice.Built built)) {
            return Backbones.open(choice, parts, work);
        }
        EngineBuilder builder = work.plugins().engines().get(built.engine());
        if (!built.file().isEmpty()) {
            return open(built, builder, built.file(), parts);
        }
        EngineCache.Held entry = engine(built, builder, parts.pipeline(), inputs);
        try {
            Backbone<T> engine = open(built, builder, entry.folder().resolve(ENGINE_FILE).toString(), parts);
            return new OwningBackbone<>(engine, engine::recipe, () -> release(entry));   // it stays in the cache as long as it runs
        } catch (IOException | RuntimeException | Error e) {
            entry.close();
            throw e;
        }
    }

    private <T> Backbone<T> open(BackboneChoice.Built built, EngineBuilder builder, String file, RunningPipeline<T> parts) throws IOException {
        Backbone<T> backbone = Backbones.open(new BackboneChoice.OnEngine(built.engine(), file, Backbones.loadOptions(builder, built.options())),
            parts, work);
        try {
            expect(built, file, backbone.recipe(), parts.pipeline());
            return backbone;
        } catch (RuntimeException e) {
            backbone.close();
            throw e;
        }
    }

    private static void release(EngineCache.Held entry) {
        try {
            entry.close();
        } catch (IOException e) {
            throw new UncheckedIOException(entry.folder() + ": found " + e.getMessage() + "; expected its lock to be given back", e);
        }
    }

    /** A model or engine that was given beside a checkpoint is of that checkpoint. */
    private static void expect(BackboneChoice.Built built, String file, String recipe, OpenPipeline pipeline) {
        if (built.checkpoint().isEmpty() || built.onnx().isEmpty() && built.file().isEmpty()) {
            return;
        }
        try (QuantizedCheckpoint checkpoint = Backbones.restore(Path.of(built.checkpoint()), pipeline)) {
            String expected = checkpoint.recipe().digest();
            String found = recipe.isEmpty() ? "none" : Recipe.parse(file, recipe).digest();
            if (!found.equals(expected)) {
                throw new EngineException((built.onnx().isEmpty() ? built.file() : built.onnx()) + ": found recipe " + found + "; expected "
                    + expected + ", that of " + built.checkpoint());
            }
        }
    }

    private EngineCache.Held engine(BackboneChoice.Built built, EngineBuilder builder, OpenPipeline pipeline, Supplier<Map<String, Shape>> inputs)
        throws IOException {
        if (built.onnx().isEmpty()) {
            ExportTask.check(built.exporter(), work.plugins().exporters().get(built.exporter()), pipeline, built.export());
        }
        EngineCache cache = cache(built, work);
        Map<String, String> options = new TreeMap<>(Backbones.onDevice(built.options(), builder.options(), work.runtime().device()));
        if (builder.options().contains(TIMING_CACHE)) {
            options.putIfAbsent(TIMING_CACHE, cache.folder().resolve("timing.cache").toString());
        }
        Map<String, String> facts = built.onnx().isEmpty() ? exportFacts(built, pipeline) : modelFacts(Backbones.modelFile(built.onnx()), builder);
        Map<String, String> all = new TreeMap<>(facts);
        all.put("engine", built.engine() + ", " + builder.identity(options));
        Map<String, Extent> extents = builder.isBuiltForExtents() ? extents(cache, all, pipeline, inputs.get()) : Map.of();
        all.put(KeptExtents.FACT, new ExtentFacts(extents).text());
        return cache.entry("engines", all, entry -> {
            if (!built.onnx().isEmpty()) {
                build(built, built.onnx(), entry, extents, options);
                return;
            }
            try (EngineCache.Held export = export(cache, facts, built, pipeline)) {
                build(built, export.folder().toString(), entry, extents, options);
            }
        }, monitor);
    }

    private void build(BackboneChoice.Built built, String model, Path entry, Map<String, Extent> extents, Map<String, String> options)
        throws IOException {
        new BuildTask(work, new BuildRequest(model, built.engine(), entry.resolve(ENGINE_FILE).toString(), extents, options)).run(monitor);
    }

    private EngineCache.Held export(EngineCache cache, Map<String, String> facts, BackboneChoice.Built built, OpenPipeline pipeline)
        throws IOException {
        PipelineSource source = PipelineSource.of(pipeline.folder().path());
        return cache.entry("exports", facts, entry -> ExportTask.export(work, pipeline,
            new ExportRequest(source, built.checkpoint(), entry.toString(), built.exporter(), built.export()), monitor), monitor);
    }

    private static Map<String, Extent> extents(EngineCache cache, Map<String, String> facts, OpenPipeline pipeline, Map<String, Shape> inputs)
        throws IOException {
        ModelSignature signature = pipeline.scan(pipeline.spec().backbone()).signature();
        Map<String, Extent> tuned = RequestExtents.of(signature, pipeline.extents(signature), inputs);
        return KeptExtents.of(cache, facts, tuned, RequestExtents.needed(signature, inputs));
    }

    /** Everything that an export is made of. */
    private static Map<String, String> exportFacts(BackboneChoice.Built built, OpenPipeline pipeline) throws IOException {
        String backbone = pipeline.spec().backbone();
        Map<String, String> facts = new TreeMap<>();
        facts.put("format", FORMAT);
        facts.put("halftone", version());
        facts.put("exporter", built.exporter() + " " + new TreeMap<>(built.export()));
        facts.put("weights", pipeline.fingerprint(backbone));
        facts.put("configuration", new TreeMap<>(pipeline.config().component(backbone).asMap()).toString());
        facts.put("type", pipeline.computeType(backbone).name());
        facts.put("synthetic", pipeline.synthetic());
        facts.put("usual extents", new TreeMap<>(pipeline.extents(pipeline.scan(backbone).signature())).toString());
        if (!built.checkpoint().isEmpty()) {
            try (QuantizedCheckpoint checkpoint = Backbones.restore(Path.of(built.checkpoint()), pipeline)) {
                facts.put("recipe", checkpoint.recipe().digest());
                facts.put("checkpoint", CheckpointSample.of(checkpoint));
            }
        }
        return facts;
    }

    /** What tells an exported model from others: the file, and of data beside it, which the file of an export has the digest of, size and time. */
    private static Map<String, String> modelFacts(Path model, EngineBuilder builder) throws IOException {
        Map<String, String> facts = new TreeMap<>(Map.of("format", FORMAT));
        facts.put("path", model.toString());
        facts.put("model", Digests.sha256(model));
        for (Path file : builder.modelFiles(model)) {
            if (!file.equals(model) && Files.isRegularFile(file)) {
                facts.put("data " + model.getParent().relativize(file), Files.size(file) + " bytes of " + Files.getLastModifiedTime(file));
            }
        }
        return facts;
    }

    private static String version() throws IOException {
        try (InputStream in = Workplace.class.getResourceAsStream("/io/halftone/core/internal/doctor/version.txt")) {
            if (in == null) {
                throw new IllegalStateException("version.txt: found none in this bundle; expected it");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
