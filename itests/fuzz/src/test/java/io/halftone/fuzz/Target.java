package io.halftone.fuzz;

import io.halftone.checkpoint.CheckpointFuzz;
import io.halftone.checkpoint.internal.ManifestFuzz;
import io.halftone.core.internal.attest.StatementFuzz;
import io.halftone.core.internal.calibrate.StatisticsFuzz;
import io.halftone.core.internal.plan.ModelFuzz;
import io.halftone.core.internal.quantize.RecipeJsonFuzz;
import io.halftone.diffusers.internal.ConfigFuzz;
import io.halftone.export.FactsFuzz;
import io.halftone.lora.LoraFuzz;
import io.halftone.lora.LoraManifestFuzz;
import io.halftone.onnx.internal.InspectFuzz;
import io.halftone.onnxruntime.internal.OnnxFuzz;
import io.halftone.recipe.RecipeFuzz;
import io.halftone.safetensors.HeaderFuzz;
import io.halftone.safetensors.IndexFuzz;
import io.halftone.scheduler.SchedulerFuzz;
import io.halftone.tensorrt.internal.EngineFilesFuzz;
import io.halftone.tensorrt.internal.OnnxFileFuzz;
import io.halftone.tokenizer.clip.internal.ClipFilesFuzz;
import io.halftone.tokenizer.clip.internal.ClipFuzz;
import io.halftone.tokenizer.t5.internal.T5Fuzz;
import io.halftone.tokenizer.t5.internal.T5SettingsFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A reader, and how many inputs it is given in each build; those that read files get fewer. */
enum Target {
    HEADER(HeaderFuzz.class, HeaderFuzz::fuzzerTestOneInput, 20_000),
    INDEX(IndexFuzz.class, IndexFuzz::fuzzerTestOneInput, 5_000),
    CONFIG(ConfigFuzz.class, ConfigFuzz::fuzzerTestOneInput, 5_000),
    MODEL(ModelFuzz.class, ModelFuzz::fuzzerTestOneInput, 300),
    RECIPE(RecipeFuzz.class, RecipeFuzz::fuzzerTestOneInput, 5_000),
    MANIFEST(ManifestFuzz.class, ManifestFuzz::fuzzerTestOneInput, 5_000),
    RECIPE_JSON(RecipeJsonFuzz.class, RecipeJsonFuzz::fuzzerTestOneInput, 5_000),
    CHECKPOINT(CheckpointFuzz.class, CheckpointFuzz::fuzzerTestOneInput, 2_000),
    STATISTICS(StatisticsFuzz.class, StatisticsFuzz::fuzzerTestOneInput, 2_000),
    LORA(LoraFuzz.class, LoraFuzz::fuzzerTestOneInput, 2_000),
    LORA_MANIFEST(LoraManifestFuzz.class, LoraManifestFuzz::fuzzerTestOneInput, 2_000),
    SCHEDULER(SchedulerFuzz.class, SchedulerFuzz::fuzzerTestOneInput, 2_000),
    CLIP(ClipFuzz.class, ClipFuzz::fuzzerTestOneInput, 2_000),
    CLIP_FILES(ClipFilesFuzz.class, ClipFilesFuzz::fuzzerTestOneInput, 2_000),
    T5(T5Fuzz.class, T5Fuzz::fuzzerTestOneInput, 2_000),
    T5_SETTINGS(T5SettingsFuzz.class, T5SettingsFuzz::fuzzerTestOneInput, 2_000),
    FACTS(FactsFuzz.class, FactsFuzz::fuzzerTestOneInput, 5_000),
    ONNX(OnnxFuzz.class, OnnxFuzz::fuzzerTestOneInput, 5_000),
    INSPECT(InspectFuzz.class, InspectFuzz::fuzzerTestOneInput, 3_000),
    ONNX_FILE(OnnxFileFuzz.class, OnnxFileFuzz::fuzzerTestOneInput, 2_000),
    ENGINE_FILES(EngineFilesFuzz.class, EngineFilesFuzz::fuzzerTestOneInput, 2_000),
    STATEMENT(StatementFuzz.class, StatementFuzz::fuzzerTestOneInput, 2_000);

    /** What Jazzer is given. */
    final Class<?> type;
    /** Takes an input; throws an error where the contract is broken. */
    final Consumer<byte[]> reader;
    /** Inputs of each build. */
    final int inputs;

    Target(Class<?> type, Consumer<byte[]> reader, int inputs) {
        this.type = type;
        this.reader = reader;
        this.inputs = inputs;
    }

    /** The folder of its corpus. */
    Path corpus() {
        return Path.of(System.getProperty("halftone.fuzz.corpus"), type.getSimpleName().replace("Fuzz", ""));
    }

    /** The inputs that are kept, in order of their names. */
    List<byte[]> seeds() throws IOException {
        List<byte[]> seeds = new ArrayList<>();
        try (Stream<Path> files = Files.list(corpus())) {
            for (Path file : files.sorted().toList()) {
                seeds.add(Files.readAllBytes(file));
            }
        }
        return seeds;
    }
}
