package io.halftone.itests;

import io.halftone.api.BackboneChoice;
import io.halftone.api.GenerateRequest;
import io.halftone.api.Halftone;
import io.halftone.api.PipelineSource;
import io.halftone.api.PluginInfo;
import io.halftone.api.ProgressListener;
import io.halftone.api.Sampling;
import io.halftone.api.SynthesizeRequest;
import io.halftone.itests.plugin.CopyEngine;
import io.halftone.itests.plugin.DotsModel;
import io.halftone.itests.plugin.DotsPipeline;
import io.halftone.itests.plugin.DotsPreset;
import io.halftone.itests.plugin.EveryPolicy;
import io.halftone.itests.plugin.Int7Format;
import io.halftone.itests.plugin.ListExporter;
import io.halftone.itests.plugin.PeakCollector;
import io.halftone.export.EngineBuilder;
import io.halftone.export.Exporter;
import io.halftone.model.ModelAdapter;
import io.halftone.ops.DType;
import io.halftone.pipeline.PipelineAdapter;
import io.halftone.pipeline.Preset;
import io.halftone.quant.Collector;
import io.halftone.quant.LevelPolicy;
import io.halftone.quant.QuantFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Jobs over a pipeline that plugins of the tests serve, and those plugins. */
final class Dots {
    private static final long PATIENCE_SECONDS = 90;

    private final Halftone halftone;
    private final Path scratch;
    private final Path folder;

    /** Over a pipeline folder that holds what the plugins ask for. */
    private Dots(Halftone halftone, Path scratch, Path folder) {
        this.halftone = halftone;
        this.scratch = scratch;
        this.folder = folder;
    }

    /** Over a new pipeline folder. The plugins must be there. */
    static Dots synthesized(Halftone halftone, Path scratch) throws Exception {
        Path folder = scratch.resolve("dots");
        halftone.synthesize(new SynthesizeRequest("dots", folder.toString(), "all", DType.FLOAT32, 0), ProgressListener.NONE).await();
        return new Dots(halftone, scratch, folder);
    }

    /** The same pipeline under the names of other plugins. */
    Dots steady() throws IOException {
        Path copy = scratch.resolve("steady");
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                Path target = copy.resolve(folder.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else if (file.toString().endsWith(".json")) {
                    Files.writeString(target, Files.readString(file).replace("DotsPipeline", "SteadyPipeline").replace("DotsModel", "SteadyModel"));
                } else {
                    Files.copy(file, target);
                }
            }
        }
        return new Dots(halftone, scratch, copy);
    }

    /** Model, pipeline and preset. */
    static PluginJar model(String version, String strength) {
        return new PluginJar("itests.dots", version, strength).withModel(DotsModel.class, ModelAdapter.class, "DotsModel")
            .with(DotsPipeline.class, PipelineAdapter.class, "DotsPipeline").with(DotsPreset.class, Preset.class, "dots");
    }

    /** Model and pipeline under the names of {@link #steady}. */
    static PluginJar steadyModel() {
        return new PluginJar("itests.steady", "1.0.0", "0.1").withModel(DotsModel.class, ModelAdapter.class, "SteadyModel")
            .with(DotsPipeline.class, PipelineAdapter.class, "SteadyPipeline");
    }

    /** No plugin at all. */
    static PluginJar empty(String version) {
        return new PluginJar("itests.empty", version, "0.1");
    }

    /** One of each other kind, a bundle each. */
    static List<PluginJar> others() {
        return List.of(new PluginJar("itests.peak", "1.0.0", "").with(PeakCollector.class, Collector.class, "peak"),
            new PluginJar("itests.every", "1.0.0", "").with(EveryPolicy.class, LevelPolicy.class, "every"),
            new PluginJar("itests.int7", "1.0.0", "").with(Int7Format.class, QuantFormat.class, "int7"),
            new PluginJar("itests.list", "1.0.0", "").with(ListExporter.class, Exporter.class, "list"),
            new PluginJar("itests.copy", "1.0.0", "").with(CopyEngine.class, EngineBuilder.class, "copy"));
    }

    PipelineSource source() {
        return PipelineSource.of(folder);
    }

    Path folder() {
        return folder;
    }

    /** The bytes of the picture that a job makes. */
    byte[] picture(String prompt, ProgressListener listener) throws Exception {
        Path image = Files.createTempFile(scratch, "picture", ".png");
        try {
            halftone.generate(new GenerateRequest(source(), BackboneChoice.fullPrecision(), Sampling.of(prompt, 0), image.toString(), ""),
                listener).await();
            return Files.readAllBytes(image);
        } finally {
            Files.delete(image);
        }
    }

    /** Waits until all plugins of a bundle are there, and none of another version. */
    static void awaitPlugins(Halftone halftone, PluginJar jar) throws InterruptedException {
        await(jar.name() + " " + jar.version(), () -> versions(halftone, jar).equals(Collections.nCopies(jar.plugins(), jar.version())));
    }

    /** Waits until no plugin of a bundle is there. */
    static void awaitEnd(Halftone halftone, PluginJar jar) throws InterruptedException {
        await("the end of " + jar.name(), () -> versions(halftone, jar).isEmpty());
    }

    private static List<String> versions(Halftone halftone, PluginJar jar) {
        return halftone.plugins().stream().filter(plugin -> plugin.bundle().equals(jar.name())).map(PluginInfo::version).toList();
    }

    /** Waits until something is so. */
    static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(what + ": found nothing of it after " + PATIENCE_SECONDS + " s");
            }
            Thread.sleep(5);
        }
    }

    /** Does something once, when a job has done its first step. The job waits meanwhile, and the framework never sees its thread. */
    static ProgressListener atFirstStep(Disturbance disturbance) {
        return once(progress -> progress.done() > 0, disturbance);
    }

    /** The same where the job first says anything. */
    static ProgressListener atFirstWord(Disturbance disturbance) {
        return once(progress -> true, disturbance);
    }

    private static ProgressListener once(Predicate<ProgressListener.Progress> when, Disturbance disturbance) {
        boolean[] done = {false};
        return progress -> {
            if (when.test(progress) && !done[0]) {
                done[0] = true;
                FutureTask<Void> task = new FutureTask<>(() -> {
                    disturbance.happen();
                    return null;
                });
                new Thread(task, "disturbance").start();
                try {
                    task.get();
                } catch (InterruptedException | ExecutionException e) {
                    throw new IllegalStateException(e);
                }
            }
        };
    }

    /** What comes in between. */
    @FunctionalInterface
    interface Disturbance {
        void happen() throws Exception;
    }
}
