package io.halftone.flux.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.Preset;
import io.halftone.testkit.CheckpointFiles;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FluxPresetsTest {
    private static final List<String> COMPONENTS = List.of("text_encoder", "text_encoder_2", "transformer", "vae");

    @Test
    void hasTheSizeOfThePublishedPipelines() {
        assertEquals(new PipelineSpec("transformer", COMPONENTS, 16, 8, 16, 1024, 1024, 28, 3.5, 2, true), spec(new FluxDevPreset()));
        assertEquals(new PipelineSpec("transformer", COMPONENTS, 16, 8, 16, 1024, 1024, 4, 0, 2, true), spec(new FluxSchnellPreset()));
    }

    @Test
    void advisesWhatThePublishedRecipesSay() {
        Map<String, String> alpha = Map.of("alpha", "0.8");
        assertEquals(new Advice("smoothquant", alpha, "min-mean", 1, 32, 2, 20), new FluxDevPreset().advice("int8"));
        assertEquals(new Advice("max", Map.of(), "default", 1, 128, 2, 20), new FluxDevPreset().advice("fp8"));
        assertEquals(new Advice("max", Map.of(), "default", 1, 128, 2, 4), new FluxSchnellPreset().advice("fp8"));
    }

    @Test
    void boundsEnginesAsThePublishedCommandDoes() {
        for (Preset preset : List.of(new FluxDevPreset(), new FluxSchnellPreset())) {
            assertEquals(Map.of("batch_size", new Extent(1, 1, 1), "latent_dim", new Extent(4096, 4096, 4096),
                "sequence_length", new Extent(512, 512, 512)), preset.extents());
        }
    }

    private static PipelineSpec spec(Preset preset) {
        return new FluxAdapter().spec(CheckpointFiles.config(preset));
    }
}
