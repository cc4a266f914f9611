package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.api.BackboneChoice;
import io.halftone.api.GenerateRequest;
import io.halftone.api.ProgressListener;
import io.halftone.api.Sampling;
import io.halftone.imaging.Png;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A picture says how it came to be. */
class ProvenanceTest {
    @TempDir
    Path scratch;

    private JsonNode made(BackboneChoice backbone, String latents) throws Exception {
        Path image = scratch.resolve("picture.png");
        var sampling = new Sampling(List.of("a large red circle on the center of a blue background", "b"), "grey", 2, 5, 0, 0, 9, latents);
        Chain.halftone().generate(new GenerateRequest(Chain.TINY, backbone, sampling, image.toString(), ""), ProgressListener.NONE).await();
        return new ObjectMapper().readTree(Png.text(scratch.resolve("picture_0.png")).get("halftone"));
    }

    @Test
    void tellsTheRecipeOfAnEngineAndOfACheckpoint() throws Exception {
        QuantizedTiny tiny = QuantizedTiny.get();
        for (BackboneChoice choice : List.of(new BackboneChoice.OnEngine("onnxruntime", tiny.engineFile()), new BackboneChoice.Eager(tiny.checkpoint()))) {
            JsonNode recipe = made(choice, "").at("/backbones/0/recipe");
            assertEquals("smoothquant", recipe.at("/quantization/algorithm").asText(), choice.toString());
            assertEquals("int8", recipe.at("/quantization/format").asText());
            assertTrue(recipe.path("layers").isMissingNode());
        }
    }

    @Test
    void tellsWhatWasAskedFor() throws Exception {
        JsonNode made = made(BackboneChoice.fullPrecision(), "");
        assertEquals("a large red circle on the center of a blue background", made.get("prompt").asText());
        assertEquals("grey", made.get("negativePrompt").asText());
        assertEquals(9, made.get("seed").asInt());
        assertEquals(2, made.get("steps").asInt());
        assertEquals("EulerDiscreteScheduler", made.get("scheduler").asText());
        assertFalse(made.at("/backbones/0").has("recipe"));
    }

    @Test
    void tellsTheNoiseThatWasGiven() throws Exception {
        assertTrue(made(BackboneChoice.fullPrecision(), Chain.GOLDEN.toString()).get("initialLatentsSha256").asText().matches("[0-9a-f]{64}"));
    }
}
