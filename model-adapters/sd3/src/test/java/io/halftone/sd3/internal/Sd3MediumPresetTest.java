package io.halftone.sd3.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.Preset;
import io.halftone.testkit.CheckpointFiles;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class Sd3MediumPresetTest {
    @Test
    void hasTheSizeOfThePublishedPipeline() {
        List<String> components = List.of("text_encoder", "text_encoder_2", "text_encoder_3", "transformer", "vae");
        assertEquals(new PipelineSpec("transformer", components, 16, 8, 16, 1024, 1024, 28, 7, 2, false), spec(new Sd3MediumPreset()));
    }

    @Test
    void advisesWhatThePublishedRecipesSay() {
        Preset preset = new Sd3MediumPreset();
        assertEquals(new Advice("smoothquant", Map.of("alpha", "0.8"), "min-mean", 1, 32, 2, 20), preset.advice("int8"));
        assertEquals(new Advice("max", Map.of(), "default", 1, 128, 2, 20), preset.advice("fp8"));
    }

    @Test
    void boundsEnginesAsThePublishedCommandDoes() {
        Extent side = new Extent(128, 128, 128);
        assertEquals(Map.of("batch_size", new Extent(2, 16, 16), "height", side, "width", side, "steps", new Extent(2, 16, 16),
            "sequence_length", new Extent(333, 333, 333)), new Sd3MediumPreset().extents());
    }

    private static PipelineSpec spec(Preset preset) {
        return new StableDiffusion3Adapter().spec(CheckpointFiles.config(preset));
    }
}
