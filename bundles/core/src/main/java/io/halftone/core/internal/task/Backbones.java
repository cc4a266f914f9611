package io.halftone.core.internal.task;

import io.halftone.api.BackboneChoice;
import io.halftone.core.internal.attest.Lineage;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.quantize.QuantizedCheckpoint;
import io.halftone.core.internal.quantize.QuantizedModel;
import io.halftone.core.internal.run.Backbone;
import io.halftone.core.internal.run.EagerBackbone;
import io.halftone.core.internal.run.EngineBackbone;
import io.halftone.core.internal.run.InputForm;
import io.halftone.core.internal.run.ModelOptions;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.run.RewritingOps;
import io.halftone.core.internal.run.RunningPipeline;
import io.halftone.export.Engine;
import io.halftone.export.EngineBuilder;
import io.halftone.export.EngineException;
import io.halftone.files.Staging;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.Device;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Ops;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Opens the backbones that requests choose. */
final class Backbones {
    /** What an exporter calls the model in a folder. */
    static final String MODEL_FILE = "backbone.onnx";

    /** What engines that run on a GPU call the option with its number. */
    private static final String DEVICE = "device";

    private Backbones() {}

    /** The file that a path stands for: itself, or the model in a folder. */
    static Path modelFile(String path) {
        Path file = Path.of(path).toAbsolutePath().normalize();
        if (Files.isDirectory(file)) {
            file = file.resolve(MODEL_FILE);
        }
        settle(file);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(path + ": found no file; expected an exported model or an engine, or a folder with " + MODEL_FILE);
        }
        return file;
    }

    /**
     * Refuses a path that has no checkpoint.
     *
     * @throws IllegalArgumentException if nothing is there
     */
    static void expectCheckpoint(String path) {
        settle(Path.of(path).toAbsolutePath());
        if (!Files.exists(Path.of(path))) {
            throw new IllegalArgumentException(path + ": found no file; expected a quantized checkpoint");
        }
    }

    /** What writers left half done who were killed is finished or removed first. */
    private static void settle(Path file) {
        if (file.getParent() == null) {
            return;
        }
        try {
            Staging.settle(file.getParent());
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": found files beside it that a writer could not finish, " + e.getMessage()
                + "; expected a folder that can be read and written", e);
        }
    }

    /**
     * Refuses options of an engine's building beside a file that is only loaded: they would have no effect; and an engine whose export
     * has changed since.
     */
    static void checkLoad(String engine, String file, Map<String, String> options, EngineBuilder builder) {
        Path its = modelFile(file);
        try {
            Lineage.expectSameModel(its);
        } catch (IOException e) {
            throw new EngineException(its + ": found what it was made of unreadable, " + e.getMessage() + "; expected files that can be read", e);
        }
        Workplace.checkOptions("loading an engine of " + engine, options, builder.loadOptions());
    }

    /** Those of the options that loading takes. */
    static Map<String, String> loadOptions(EngineBuilder builder, Map<String, String> options) {
        Map<String, String> its = new TreeMap<>(options);
        its.keySet().retainAll(builder.loadOptions());
        return its;
    }

    /** Refuses what cannot be opened, before work begins. */
    static void check(BackboneChoice choice, Workplace work) {
        if (choice instanceof BackboneChoice.Built built) {
            BuiltEngines.check(built, work);
        } else if (choice instanceof BackboneChoice.OnEngine engine) {
            checkLoad(engine.engine(), engine.file(), engine.options(), work.plugins().engines().get(engine.engine()));
        } else if (choice instanceof BackboneChoice.Eager eager && !eager.checkpoint().isEmpty()) {
            expectCheckpoint(eager.checkpoint());
        }
    }

    /** Opens a backbone that is there; what is to be made comes from {@link BuiltEngines}. */
    static <T> Backbone<T> open(BackboneChoice choice, RunningPipeline<T> parts, Workplace work) throws IOException {
        if (choice instanceof BackboneChoice.OnEngine engine) {
            EngineBuilder builder = work.plugins().engines().get(engine.engine());
            Engine loaded = builder.load(modelFile(engine.file()), onDevice(engine.options(), builder.options(), work.runtime().device()));
            try {
                return new EngineBackbone<>(parts.ops(), loaded, synthetic(parts.pipeline()), form(loaded, parts.pipeline()));
            } catch (RuntimeException e) {
                loaded.close();
                throw e;
            }
        }
        String checkpoint = ((BackboneChoice.Eager) choice).checkpoint();
        OpenPipeline pipeline = parts.pipeline();
        String type = pipeline.computeType(pipeline.spec().backbone()).name();
        if (checkpoint.isEmpty()) {
            EagerOps<T> own = parts.backboneOps();
            return EagerBackbone.recorded(pipeline, own, own, work.runtime().description() + ", " + type + synthetic(pipeline));
        }
        QuantizedCheckpoint restored = restore(Path.of(checkpoint), pipeline);
        try {
            Scan scan = pipeline.scan(pipeline.spec().backbone());
            QuantizedModel model = restored.model(pipeline);
            EagerOps<T> ops = parts.backboneOps(checkpoint, model.parameters(), model.added());
            Ops<T> rewriting = new RewritingOps<>(ops, model.rewrites(scan, work.plugins()));
            String description = work.runtime().description() + ", " + type + " with fake quantization" + synthetic(pipeline);
            return new OwningBackbone<>(EagerBackbone.recorded(pipeline, ops, rewriting, description), () -> restored.recipe().json(), restored::close);
        } catch (RuntimeException e) {
            restored.close();
            throw e;
        }
    }

    /** How an engine takes its inputs: as its export was asked for. */
    private static InputForm form(Engine engine, OpenPipeline pipeline) {
        return new InputForm(ModelOptions.of(engine.metadata()).signature(pipeline));
    }

    /** The options, with the GPU that tensors are on where the engine has a choice and none was made. */
    static Map<String, String> onDevice(Map<String, String> options, Set<String> honoured, Device device) {
        if (device.isHost() || !honoured.contains(DEVICE) || options.containsKey(DEVICE)) {
            return options;
        }
        Map<String, String> all = new HashMap<>(options);
        all.put(DEVICE, Integer.toString(device.index()));
        return all;
    }

    static String synthetic(OpenPipeline pipeline) {
        return pipeline.synthetic().isEmpty() ? "" : ", synthetic: " + pipeline.synthetic();
    }

    /** Opens a checkpoint of this pipeline's architecture. */
    static QuantizedCheckpoint restore(Path path, OpenPipeline pipeline) {
        QuantizedCheckpoint checkpoint = QuantizedCheckpoint.open(path);
        String expected = pipeline.config().component(pipeline.spec().backbone()).className();
        String found = checkpoint.recipe().architecture();
        if (!found.equals(expected)) {
            checkpoint.close();
            throw new CheckpointException(path + ": found a quantized " + found + "; expected a " + expected);
        }
        String type = pipeline.computeType(pipeline.spec().backbone()).name();
        String calibrated = checkpoint.recipe().computeType();
        if (!calibrated.equals(type)) {
            checkpoint.close();
            throw new CheckpointException(path + ": found a checkpoint calibrated in " + calibrated + "; expected " + type
                + ", the model dtype asked for: ask for the other one");
        }
        return checkpoint;
    }
}
