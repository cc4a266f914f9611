package io.halftone.diffusers.internal;

import io.halftone.model.ModelConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pipeline's index says of one component.
 *
 * @param library   the library that has the class, such as {@code diffusers}
 * @param className the class, such as {@code UNet2DConditionModel}
 */
record IndexEntry(String library, String className) {
    private static final String DIFFUSERS_STEM = "diffusion_pytorch_model";
    private static final String TRANSFORMERS_STEM = "model";

    /** What the names of its weight files begin with; the likelier first. */
    List<String> stems() {
        return switch (library) {
            case "diffusers" -> List.of(DIFFUSERS_STEM);
            case "transformers" -> List.of(TRANSFORMERS_STEM);
            default -> List.of(DIFFUSERS_STEM, TRANSFORMERS_STEM);
        };
    }

    /** Its configuration; the class is the index's where the file names none. */
    ModelConfig config(ConfigSource source, String component) {
        String path = component + "/" + configFile();
        Map<String, Object> values = new LinkedHashMap<>(source.read(path));
        if (isTokenizer()) {
            values.putIfAbsent("tokenizer_class", className);
        } else if (!values.containsKey("architectures")) {
            values.putIfAbsent("_class_name", className);
        }
        return ModelConfig.of(source.where(path), values);
    }

    private String configFile() {
        if (isTokenizer()) {
            return "tokenizer_config.json";
        }
        if (className.endsWith("Scheduler")) {
            return "scheduler_config.json";
        }
        // these come with pipelines that take pictures in, or check those that come out
        boolean processor = className.endsWith("Processor") || className.endsWith("FeatureExtractor");
        return processor ? "preprocessor_config.json" : "config.json";
    }

    /** Whether it is a model. */
    boolean hasWeights() {
        return configFile().equals("config.json");
    }

    private boolean isTokenizer() {
        return className.contains("Tokenizer");
    }
}
