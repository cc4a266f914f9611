package io.halftone.tokenizer.clip;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.halftone.ops.CheckpointException;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A JSON file that holds one object: no duplicate keys, no more than so large and so deep.
 *
 * @param root an object
 */
public record JsonFile(Path path, JsonNode root) {
    /** CLIP's largest file has 2.2 million bytes, T5's 2.4 million. */
    public static final long MAX_BYTES = 16L << 20;
    private static final int MAX_DEPTH = 64;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();

    /** Reads a file; throws {@link CheckpointException} if it is no such one. */
    public static JsonFile read(Path path) throws IOException {
        JsonNode root;
        try {
            root = MAPPER.readTree(bytes(path));
        } catch (JsonProcessingException e) {
            throw new CheckpointException(path + ": found " + e.getOriginalMessage() + "; expected a JSON object", e);
        } catch (CharConversionException e) {   // bytes that are no characters, as it makes them out
            throw new CheckpointException(path + ": found " + e.getMessage() + "; expected a JSON object", e);
        }
        if (!root.isObject()) {
            throw new CheckpointException(path + ": found " + kind(root) + "; expected a JSON object");
        }
        return new JsonFile(path, root);
    }

    /** The file's object, or an empty one where there is no file. */
    public static JsonFile readIfPresent(Path path) throws IOException {
        return Files.isRegularFile(path) ? read(path) : new JsonFile(path, MAPPER.createObjectNode());
    }

    /** A file whole, if it is not too large. */
    public static byte[] bytes(Path path) throws IOException {
        long bytes = Files.size(path);
        if (bytes > MAX_BYTES) {
            throw new CheckpointException(path + ": found " + bytes + " bytes; expected at most " + MAX_BYTES);
        }
        return Files.readAllBytes(path);
    }

    /** The node of a key, or a missing node; null counts as missing. */
    public JsonNode at(String key) {
        JsonNode node = root.path(key);
        return node.isNull() ? root.path("") : node;
    }

    /** Whether there is something at a key. */
    public boolean has(String key) {
        return !at(key).isMissingNode();
    }

    /** All keys, and what is at each. */
    public Iterable<Map.Entry<String, JsonNode>> entries() {
        return root.properties();
    }

    /**
     * What is wrong at a key.
     *
     * @param found a node, or what messages say in place of it
     */
    public CheckpointException wrong(String key, Object found, String expected) {
        return new CheckpointException(path + ": " + key + ": found " + (found instanceof JsonNode node ? kind(node) : found) + "; expected " + expected);
    }

    private static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case OBJECT -> "an object";
            case ARRAY -> "a list";
            case MISSING -> "nothing";
            default -> node.toString();
        };
    }
}
