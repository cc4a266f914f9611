package io.halftone.sdxl.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.Preset;
import io.halftone.testkit.CheckpointFiles;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class XlPresetsTest {
    private static final List<String> COMPONENTS = List.of("text_encoder", "text_encoder_2", "unet", "vae");

    @Test
    void hasTheSizeOfThePublishedPipelines() {
        assertEquals(new PipelineSpec("unet", COMPONENTS, 4, 8, 8, 1024, 1024, 50, 5, 1, false), spec(new Sdxl10Preset()));
        assertEquals(new PipelineSpec("unet", COMPONENTS, 4, 8, 8, 512, 512, 50, 5, 1, false), spec(new SdxlTurboPreset()));
    }

    @Test
    void advisesWhatThePublishedRecipesSay() {
        Map<String, String> alpha = Map.of("alpha", "0.8");
        assertEquals(new Advice("smoothquant", alpha, "min-mean", 1, 32, 2, 20), new Sdxl10Preset().advice("int8"));
        assertEquals(new Advice("max", Map.of(), "default", 1, 128, 2, 20), new Sdxl10Preset().advice("fp8"));
        assertEquals(new Advice("smoothquant", alpha, "min-mean", 1, 32, 2, 4), new SdxlTurboPreset().advice("int8"));
        assertEquals(new Advice("max", Map.of(), "default", 1, 128, 2, 4), new SdxlTurboPreset().advice("fp8"));
    }

    @Test
    void boundsEnginesOfTheBaseAsThePublishedCommandDoes() {
        Extent side = new Extent(128, 128, 128);
        assertEquals(Map.of("batch_size", new Extent(2, 16, 16), "height", side, "width", side, "steps", new Extent(1, 1, 1),
            "sequence_length", new Extent(77, 77, 77)), new Sdxl10Preset().extents());
    }

    @Test
    void letsEnginesOfTurboRunOnePictureOfItsOwnSizeWithoutGuidance() {
        Map<String, Extent> extents = new SdxlTurboPreset().extents();
        assertEquals(1, extents.get("batch_size").least());
        assertEquals(new Extent(64, 64, 128), extents.get("height"));
        assertEquals(extents.get("height"), extents.get("width"));
    }

    @Test
    void differsInTheFilesOfItsOwn() {
        Map<String, String> base = new Sdxl10Preset().files();
        Map<String, String> turbo = new SdxlTurboPreset().files();
        assertEquals(base.keySet(), turbo.keySet());
        assertEquals(List.of(true, true), List.of(base.get("scheduler/scheduler_config.json").contains("\"EulerDiscreteScheduler\""),
            turbo.get("scheduler/scheduler_config.json").contains("\"EulerAncestralDiscreteScheduler\"")));
    }

    private static PipelineSpec spec(Preset preset) {
        return new StableDiffusionXlAdapter().spec(CheckpointFiles.config(preset));
    }
}
