package io.halftone.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which shard holds which tensor, and where the shards are.
 *
 * @param path the index file
 * @param weightMap the shard of each tensor, as the index names it
 */
record ShardIndex(Path path, SortedMap<String, String> weightMap) {
    /** The most bytes that an index may have; the largest published has a quarter. */
    static final int LIMIT = 32 << 20;

    private static final int KEYS = 100;

    static ShardIndex read(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(path + ": found " + (Files.exists(path) ? "no regular file" : "nothing")
                + "; expected the index of a sharded checkpoint");
        }
        try (InputStream text = Files.newInputStream(path)) {
            long bytes = Files.size(path);
            if (bytes > LIMIT) {
                throw new CheckpointException(path + ": found " + bytes + " bytes; expected at most " + LIMIT);
            }
            return parse(path, text);
        } catch (IOException e) {
            throw new CheckpointException(path + ": found " + e + "; expected a readable file", e);
        }
    }

    /** The index in a text. */
    static ShardIndex parse(Path path, InputStream text) {
        SortedMap<String, String> weightMap = new TreeMap<>();
        StrictJson.parse(path.toString(), text, json -> weightMap(json, path, weightMap));
        if (weightMap.isEmpty()) {
            throw new CheckpointException(path + ": found no tensor; expected a weight_map that names some");
        }
        return new ShardIndex(path, weightMap);
    }

    private static void weightMap(JsonParser json, Path path, SortedMap<String, String> weightMap) throws IOException {
        Set<String> seen = new HashSet<>();
        Map<String, String> shards = new HashMap<>();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            StrictJson.once(seen.add(key) ? null : key, path + ": " + key);
            if (seen.size() > KEYS) {
                throw new CheckpointException(path + ": found more than " + KEYS + " keys; expected weight_map and metadata");
            }
            if (key.equals("weight_map")) {
                // a shard is named by every tensor of it: one text is enough
                StrictJson.texts(json, path + ": " + key, LIMIT).forEach((tensor, shard) ->
                    weightMap.put(tensor, shards.computeIfAbsent(shard, name -> name)));
            } else {
                json.skipChildren();
            }
        }
    }

    /**
     * The file of a shard. It lies in the index's folder. Where the index is itself a symbolic link it may also lie in the
     * folder that this link leads to, which is how the Hugging Face cache is laid out: names in one folder, content in another.
     */
    Path shard(String name) {
        Path folder = path.toAbsolutePath().getParent();
        Path relative;
        try {
            relative = Path.of(name);
        } catch (InvalidPathException e) {
            throw new CheckpointException(path + ": found shard " + StrictJson.shown(name) + "; expected the name of a file", e);
        }
        if (relative.isAbsolute() || relative.startsWith("..") || !relative.normalize().equals(relative)) {
            throw outside(name);
        }
        Path file = folder.resolve(relative);
        if (!name.endsWith(".safetensors")) {
            throw new CheckpointException(path + ": found shard " + StrictJson.shown(name) + "; expected a .safetensors file");
        }
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(path + ": found no shard " + StrictJson.shown(name) + "; expected it beside the index");
        }
        try {
            Path real = file.toRealPath();
            if (!real.startsWith(folder.toRealPath()) && !real.startsWith(path.toRealPath().getParent())) {
                throw outside(name);
            }
        } catch (IOException e) {
            throw new CheckpointException(path + ": " + StrictJson.shown(name) + ": found " + e + "; expected a readable file", e);
        }
        return file;
    }

    private CheckpointException outside(String name) {
        return new CheckpointException(path + ": found shard " + StrictJson.shown(name) + " outside the index's folder; expected it inside");
    }
}
