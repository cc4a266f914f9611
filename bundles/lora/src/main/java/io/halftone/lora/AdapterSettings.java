package io.halftone.lora;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * What is said of a LoRA outside its tensors: peft's configuration, as diffusers keeps it in a file's metadata or as
 * peft writes it beside {@code adapter_model.safetensors}, and the network alpha in kohya's metadata.
 */
final class AdapterSettings {
    private static final String PEFT_METADATA = "lora_adapter_metadata";
    private static final String PEFT_FILE = "adapter_model.safetensors";
    private static final String PEFT_CONFIG = "adapter_config.json";
    private static final String KOHYA_ALPHA = "ss_network_alpha";
    private static final String KOHYA_PREFIX = "lora_";
    private static final long MAX_CONFIG_BYTES = 1L << 20;
    private static final JsonMapper JSON = JsonMapper.builder(
            JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    private final String where;
    private final JsonNode peft;
    private final OptionalDouble kohyaAlpha;

    private AdapterSettings(String where, JsonNode peft, OptionalDouble kohyaAlpha) {
        this.where = where;
        this.peft = peft;
        this.kohyaAlpha = kohyaAlpha;
    }

    /**
     * Reads what there is.
     *
     * @throws CheckpointException if it is malformed
     */
    static AdapterSettings read(Path file, Map<String, String> metadata) {
        OptionalDouble kohya = kohyaAlpha(file, metadata);
        Path config = file.toAbsolutePath().resolveSibling(PEFT_CONFIG);
        if (metadata.containsKey(PEFT_METADATA)) {
            String where = file + ": " + PEFT_METADATA;
            return new AdapterSettings(where, object(where, metadata.get(PEFT_METADATA)), kohya);
        }
        if (file.endsWith(PEFT_FILE) && Files.isRegularFile(config)) {
            try {
                long bytes = Files.size(config);
                if (bytes > MAX_CONFIG_BYTES) {
                    throw new CheckpointException(config + ": found " + bytes + " bytes; expected at most " + MAX_CONFIG_BYTES);
                }
                return new AdapterSettings(config.toString(), object(config.toString(), Files.readString(config)), kohya);
            } catch (IOException e) {
                throw new CheckpointException(config + ": found " + e + "; expected a readable file", e);
            }
        }
        return new AdapterSettings(file.toString(), JSON.createObjectNode(), kohya);
    }

    private static OptionalDouble kohyaAlpha(Path file, Map<String, String> metadata) {
        String text = metadata.get(KOHYA_ALPHA);
        if (text == null || text.equals("None")) {
            return OptionalDouble.empty();
        }
        try {
            return OptionalDouble.of(Double.parseDouble(text));
        } catch (NumberFormatException e) {
            throw new CheckpointException(file + ": " + KOHYA_ALPHA + ": found " + text + "; expected a number", e);
        }
    }

    private static JsonNode object(String where, String text) {
        try {
            JsonNode node = JSON.readTree(text);
            if (node.isObject()) {
                return node;
            }
            throw new CheckpointException(where + ": found no JSON object; expected one");
        } catch (JsonProcessingException e) {
            throw new CheckpointException(where + ": found " + e.getOriginalMessage() + "; expected a JSON object", e);
        }
    }

    /**
     * The alpha of a layer that has no tensor for it; empty if nothing is said.
     *
     * @throws CheckpointException if what is said is no number, or if it asks for more than LoRA
     */
    OptionalDouble alpha(String layer) {
        if (layer.startsWith(KOHYA_PREFIX)) {
            return kohyaAlpha;
        }
        if (get(layer, "use_dora").asBoolean()) {
            throw new CheckpointException(where + ": found use_dora; expected LoRA alone (DoRA is not supported)");
        }
        JsonNode patterns = get(layer, "alpha_pattern");
        for (var pattern : patterns.properties()) {
            if (matches(layer, pattern.getKey())) {
                return OptionalDouble.of(number("alpha_pattern." + pattern.getKey(), pattern.getValue()));
            }
        }
        JsonNode alpha = get(layer, "lora_alpha");
        return alpha.isMissingNode() || alpha.isNull() ? OptionalDouble.empty() : OptionalDouble.of(number("lora_alpha", alpha));
    }

    /** What the product of a layer's factors is multiplied by; rank-stabilized LoRA divides by the root of the rank. */
    double factor(String layer, double alpha, long rank) {
        boolean stabilized = !layer.startsWith(KOHYA_PREFIX) && get(layer, "use_rslora").asBoolean();
        return stabilized ? alpha / Math.sqrt(rank) : alpha / rank;
    }

    /** The entry for the layer's component, or else for all. */
    private JsonNode get(String layer, String key) {
        int dot = layer.indexOf('.');
        JsonNode own = dot < 0 ? peft.path("") : peft.path(layer.substring(0, dot) + "." + key);
        return own.isMissingNode() ? peft.path(key) : own;
    }

    /** peft's patterns are regular expressions for the ends of names; the names themselves are what is written. */
    private boolean matches(String layer, String pattern) {
        boolean whole = pattern.startsWith("^");
        String name = whole ? pattern.substring(1) : pattern;
        if (!name.matches("[\\w.]+")) {
            throw new CheckpointException(where + ": alpha_pattern: found " + pattern + "; expected the name of a layer");
        }
        int dot = layer.indexOf('.');
        return whole ? layer.equals(name) || layer.substring(dot + 1).equals(name) : layer.equals(name) || layer.endsWith("." + name);
    }

    private double number(String key, JsonNode value) {
        if (!value.isNumber()) {
            throw new CheckpointException(where + ": " + key + ": found " + value + "; expected a number");
        }
        return value.doubleValue();
    }
}
