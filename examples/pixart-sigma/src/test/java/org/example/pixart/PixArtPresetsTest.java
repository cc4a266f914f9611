package org.example.pixart;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.Preset;
import io.halftone.pipeline.Usage;
import io.halftone.testkit.CheckpointFiles;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PixArtPresetsTest {
    @Test
    void haveTheFilesThatAPipelineNeeds() {
        for (Preset preset : List.of(new PixArtSigmaPreset(), new PixArtSigmaTinyPreset())) {
            var config = CheckpointFiles.config(preset);
            assertEquals("PixArtSigmaPipeline", config.index().className());
            new PixArtSigmaAdapter().spec(config).components().forEach(config::component);
            assertEquals("DPMSolverMultistepScheduler", config.component("scheduler").className());
            assertEquals("T5Tokenizer", config.component("tokenizer").string("tokenizer_class"));
        }
    }

    @Test
    void makePicturesOfTheirOwnSize() {
        assertEquals(new Usage(20, 4.5, 1024, 1024), new PixArtSigmaPreset().usage());
        assertEquals(new Usage(20, 4.5, 128, 128), new PixArtSigmaTinyPreset().usage());
        assertEquals(new Extent(128, 128, 128), new PixArtSigmaPreset().extents().get("height"));
        assertEquals(new Extent(16, 16, 16), new PixArtSigmaTinyPreset().extents().get("width"));
    }

    @Test
    void adviseWhatOtherTransformersUse() {
        assertEquals(new Advice("smoothquant", Map.of("alpha", "0.8"), "min-mean", 1, 32, 2, 20), new PixArtSigmaPreset().advice("int8"));
        assertEquals(new Advice("max", Map.of(), "default", 1, 128, 2, 20), new PixArtSigmaPreset().advice("fp8"));
    }
}
