package io.halftone.sd2.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.Preset;
import io.halftone.testkit.CheckpointFiles;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class Sd2PresetsTest {
    private static final List<String> COMPONENTS = List.of("text_encoder", "unet", "vae");

    @Test
    void hasTheSizeOfThePublishedPipelines() {
        assertEquals(new PipelineSpec("unet", COMPONENTS, 4, 8, 8, 768, 768, 50, 7.5, 1, false), spec(new Sd21Preset()));
        assertEquals(new PipelineSpec("unet", COMPONENTS, 4, 8, 8, 512, 512, 50, 7.5, 1, false), spec(new Sd21BasePreset()));
    }

    @Test
    void advisesWhatThePublishedRecipesSay() {
        for (Preset preset : List.of(new Sd21Preset(), new Sd21BasePreset())) {
            assertEquals(new Advice("smoothquant", Map.of("alpha", "0.8"), "global_min", 1, 32, 2, 20), preset.advice("int8"));
            assertEquals(new Advice("max", Map.of(), "default", 1, 128, 2, 20), preset.advice("fp8"));
        }
    }

    @Test
    void boundsEnginesAsThePublishedProfilesDo() {
        Map<String, Extent> extents = new Sd21Preset().extents();
        assertEquals(Map.of("batch_size", new Extent(2, 16, 16), "height", new Extent(96, 96, 96), "width", new Extent(96, 96, 96),
            "steps", new Extent(1, 1, 1), "sequence_length", new Extent(77, 77, 77)), extents);
        assertEquals(new Extent(64, 64, 64), new Sd21BasePreset().extents().get("height"));
    }

    @Test
    void predictsVelocityWhereTheSizeIs768() {
        assertEquals(List.of(true, true), List.of(
            new Sd21Preset().files().get("scheduler/scheduler_config.json").contains("\"v_prediction\""),
            new Sd21BasePreset().files().get("scheduler/scheduler_config.json").contains("\"epsilon\"")));
    }

    private static PipelineSpec spec(Preset preset) {
        return new StableDiffusionAdapter().spec(CheckpointFiles.config(preset));
    }
}
