package io.halftone.pipeline;

import io.halftone.model.ModelConfig;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A pipeline's configuration files.
 *
 * @param index      {@code model_index.json}
 * @param components the configuration of each component that is present, by folder name: config.json of models,
 *                   scheduler_config.json, tokenizer_config.json
 */
public record PipelineConfig(ModelConfig index, Map<String, ModelConfig> components) {
    public PipelineConfig {
        components = Collections.unmodifiableMap(new TreeMap<>(components));
    }

    /** Whether the pipeline has that component. */
    public boolean has(String component) {
        return components.containsKey(component);
    }

    /** A component's configuration; throws {@link IllegalArgumentException} if there is none. */
    public ModelConfig component(String name) {
        ModelConfig config = components.get(name);
        if (config == null) {
            throw new IllegalArgumentException(index.source() + ": component " + name + ": found none; expected one beside " + components.keySet());
        }
        return config;
    }
}
