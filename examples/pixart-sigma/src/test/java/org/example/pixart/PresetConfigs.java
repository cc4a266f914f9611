package org.example.pixart;

import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.halftone.model.ModelConfig;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.Preset;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** The configurations that the presets have. */
final class PresetConfigs {
    private static final ObjectMapper JSON = JsonMapper.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

    private PresetConfigs() {}

    /** As a folder of its files would have it. */
    static PipelineConfig of(Preset preset) {
        Map<String, ModelConfig> components = new HashMap<>();
        preset.files().forEach((path, text) -> {
            if (path.endsWith("config.json")) {
                components.put(path.replaceFirst("/.*", ""), config(path, text));
            }
        });
        return new PipelineConfig(config("model_index.json", preset.files().get("model_index.json")), components);
    }

    private static ModelConfig config(String source, String json) {
        try {
            return ModelConfig.of(source, JSON.readValue(json, new TypeReference<Map<String, Object>>() {}));
        } catch (IOException e) {
            throw new UncheckedIOException(source, e);
        }
    }
}
