package io.halftone.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PipelineConfigTest {
    private static final ModelConfig UNET = ModelConfig.of("unet/config.json", Map.of());

    @Test
    void givesAComponentsConfiguration() {
        Map<String, ModelConfig> components = new HashMap<>(Map.of("vae", ModelConfig.of("vae/config.json", Map.of()), "unet", UNET));
        PipelineConfig config = new PipelineConfig(ModelConfig.of("model_index.json", Map.of()), components);
        components.clear();
        assertTrue(config.has("unet"));
        assertSame(UNET, config.component("unet"));
        assertFalse(config.has("transformer"));
        var e = assertThrows(IllegalArgumentException.class, () -> config.component("transformer"));
        assertEquals("model_index.json: component transformer: found none; expected one beside [unet, vae]", e.getMessage());
    }

    @Test
    void aBatchHasANegativePromptForEachPrompt() {
        assertEquals(2, new PromptBatch(List.of("a", "b"), List.of("", ""), 7.5, 64, 64).size());
        assertEquals("prompts: found 2 and 1 negative ones; expected at least one, and as many of both",
            assertThrows(IllegalArgumentException.class, () -> new PromptBatch(List.of("a", "b"), List.of(""), 7.5, 64, 64)).getMessage());
        assertEquals("prompts: found 0 and 0 negative ones; expected at least one, and as many of both",
            assertThrows(IllegalArgumentException.class, () -> new PromptBatch(List.of(), List.of(), 7.5, 64, 64)).getMessage());
    }
}
