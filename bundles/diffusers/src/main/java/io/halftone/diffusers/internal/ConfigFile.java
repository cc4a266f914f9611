package io.halftone.diffusers.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.halftone.model.ModelConfig;
import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A configuration file: one JSON object, no key twice, no more than so large and so deep. {@code Infinity}, {@code -Infinity} and
 * {@code NaN} are numbers, as Python writes them: a published scheduler has {@code "lambda_min_clipped": -Infinity}.
 */
final class ConfigFile {
    /** A tokenizer's configuration with all its added tokens stays far below. */
    private static final long MAX_BYTES = 16L << 20;
    private static final int MAX_DEPTH = 64;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build())
        .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
        // a number beyond float64 stays apart from one that is written as infinite
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
        .build();

    private ConfigFile() {}

    /** The file's values by key; a null counts as absent. */
    static Map<String, Object> read(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(path + ": found " + (Files.isDirectory(path) ? "a folder" : "nothing")
                + "; expected a configuration file");
        }
        long bytes = Files.size(path);
        if (bytes > MAX_BYTES) {
            throw new CheckpointException(path + ": found " + bytes + " bytes; expected at most " + MAX_BYTES);
        }
        return parse(path.toString(), Files.readAllBytes(path));
    }

    /**
     * The values in a file's bytes.
     *
     * @param where what messages call the file
     */
    static Map<String, Object> parse(String where, byte[] text) {
        JsonNode root;
        try {
            root = MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(where + ": found " + e.getOriginalMessage() + "; expected a JSON object", e);
        } catch (NumberFormatException e) {   // of an exponent beyond all that a decimal number has
            throw new CheckpointException(where + ": found a number that none can hold (" + e.getMessage() + "); expected a JSON object", e);
        } catch (IOException e) {   // bytes that are no characters, as it makes them out
            throw new CheckpointException(where + ": found " + e.getMessage() + "; expected a JSON object", e);
        }
        if (!root.isObject()) {
            throw new CheckpointException(where + ": found " + kind(root) + "; expected a JSON object");
        }
        return object(where + ": ", root);
    }

    /** The same, as a configuration that messages call by its path. */
    static ModelConfig config(Path path) throws IOException {
        return ModelConfig.of(path.toString(), read(path));
    }

    private static Map<String, Object> object(String where, JsonNode node) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (var entry : node.properties()) {
            Object value = value(where + entry.getKey(), entry.getValue());
            if (value != null) {
                values.put(entry.getKey(), value);
            }
        }
        return Collections.unmodifiableMap(values);
    }

    private static List<Object> list(String where, JsonNode node) {
        List<Object> values = new ArrayList<>();
        for (JsonNode element : node) {
            values.add(value(where + "[" + values.size() + "]", element));
        }
        return Collections.unmodifiableList(values);
    }

    private static Object value(String where, JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> object(where + ".", node);
            case ARRAY -> list(where, node);
            case STRING -> node.textValue();
            case BOOLEAN -> node.booleanValue();
            case NUMBER -> node.isBigDecimal() || node.isBigInteger() ? finite(where, node) : node.numberValue();
            default -> null;
        };
    }

    private static Number finite(String where, JsonNode node) {
        if (!Double.isFinite(node.doubleValue())) {
            throw new CheckpointException(where + ": found a number beyond all that float64 has; expected a finite one");
        }
        return node.isBigDecimal() ? (Number) node.doubleValue() : node.bigIntegerValue();
    }

    private static String kind(JsonNode root) {
        return root.isArray() ? "a list" : root.isMissingNode() ? "an empty file" : root.toString();
    }
}
