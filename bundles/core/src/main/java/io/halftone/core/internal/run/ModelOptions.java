package io.halftone.core.internal.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The form of a model's inputs that an export was asked for.
 *
 * @param values of the adapter's options, by name
 */
public record ModelOptions(Map<String, String> values) {
    /** The fact of an exported file that holds them; there is none where they are the usual ones. */
    public static final String KEY = "halftone.model-options";

    private static final ObjectMapper JSON = new ObjectMapper();

    public ModelOptions {
        values = java.util.Collections.unmodifiableMap(new TreeMap<>(values));
    }

    /** Those among the options given that are the adapter's. */
    public static ModelOptions of(ModelAdapter adapter, Map<String, String> given) {
        Map<String, String> own = new TreeMap<>(given);
        own.keySet().retainAll(adapter.options());
        return new ModelOptions(own);
    }

    /** Those of an exported file, by its facts. */
    public static ModelOptions of(Map<String, String> facts) {
        try {
            return new ModelOptions(JSON.readValue(facts.getOrDefault(KEY, "{}"), new TypeReference<Map<String, String>>() { }));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(KEY + ": found " + facts.get(KEY) + "; expected the options of an export", e);
        }
    }

    /** The configuration with these among its values. */
    public ModelConfig in(ModelConfig config) {
        Map<String, Object> all = new LinkedHashMap<>(config.asMap());
        values.forEach((name, value) -> all.put(name, value.matches("\\d{1,9}") ? Long.valueOf(value) : value));
        return values.isEmpty() ? config : ModelConfig.of(config.source(), all);
    }

    /** The signature of a pipeline's backbone in this form. */
    public ModelSignature signature(OpenPipeline pipeline) {
        String backbone = pipeline.spec().backbone();
        return pipeline.model(backbone).signature(in(pipeline.config().component(backbone)));
    }

    /** What the exported file says of them. */
    public Map<String, String> facts() {
        try {
            return values.isEmpty() ? Map.of() : Map.of(KEY, JSON.writeValueAsString(values));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
