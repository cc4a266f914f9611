package io.halftone.core.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelOptionsTest {
    @Test
    void readsBackWhatAFileSaysOfThem() {
        var options = new ModelOptions(Map.of("ids-rank", "3"));
        assertEquals(Map.of("halftone.model-options", "{\"ids-rank\":\"3\"}"), options.facts());
        assertEquals(options, ModelOptions.of(options.facts()));
    }

    @Test
    void saysNothingWhereTheFormIsTheUsualOne() {
        assertEquals(Map.of(), ModelOptions.of(Map.of()).facts());
        ModelConfig config = ModelConfig.of("config.json", Map.of());
        assertSame(config, ModelOptions.of(Map.of()).in(config));
    }

    @Test
    void countsNumbersAsNumbers() {
        ModelConfig config = new ModelOptions(Map.of("ids-rank", "3", "layout", "last")).in(ModelConfig.of("config.json", Map.of("dim", 8)));
        assertEquals(3, config.intValue("ids-rank"));
        assertEquals("last", config.string("layout"));
        assertEquals(8, config.intValue("dim"));
    }

    @Test
    void refusesWhatNoExportWrote() {
        assertEquals("halftone.model-options: found [; expected the options of an export",
            assertThrows(IllegalArgumentException.class, () -> ModelOptions.of(Map.of(ModelOptions.KEY, "["))).getMessage());
    }
}
