package io.halftone.tokenizer.t5.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file's values by key.
 *
 * @param root an object
 */
record JsonFile(Path path, JsonNode root) {
    /** T5's largest file has 2.4 million bytes. */
    static final long MAX_BYTES = 16L << 20;
    private static final int MAX_DEPTH = 64;
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build())
        .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
        .build();

    /** Reads a JSON file that holds one object: no duplicate keys, no more than so large and so deep. */
    static JsonFile read(Path path) throws IOException {
        JsonNode root;
        try {
            root = MAPPER.readTree(bytes(path));
        } catch (JsonProcessingException e) {
            throw new CheckpointException(path + ": found " + e.getOriginalMessage() + "; expected a JSON object", e);
        }
        if (!root.isObject()) {
            throw new CheckpointException(path + ": found " + kind(root) + "; expected a JSON object");
        }
        return new JsonFile(path, root);
    }

    /** The file's object, or an empty one where there is no file. */
    static JsonFile readIfPresent(Path path) throws IOException {
        return Files.isRegularFile(path) ? read(path) : new JsonFile(path, MAPPER.createObjectNode());
    }

    /** A file whole, if it is not too large. */
    static byte[] bytes(Path path) throws IOException {
        long bytes = Files.size(path);
        if (bytes > MAX_BYTES) {
            throw new CheckpointException(path + ": found " + bytes + " bytes; expected at most " + MAX_BYTES);
        }
        return Files.readAllBytes(path);
    }

    /** The node of a key, or a missing node; null counts as missing. */
    JsonNode at(String key) {
        JsonNode node = root.path(key);
        return node.isNull() ? root.path("") : node;
    }

    boolean has(String key) {
        return !at(key).isMissingNode();
    }

    /** What is wrong at a key. */
    CheckpointException wrong(String key, JsonNode found, String expected) {
        return new CheckpointException(path + ": " + key + ": found " + kind(found) + "; expected " + expected);
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
