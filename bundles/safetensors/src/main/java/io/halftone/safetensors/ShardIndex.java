package io.halftone.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which shard holds which tensor, and where the shards are.
 *
 * @param path the index file
 * @param weightMap the shard of each tensor, as the index names it
 */
record ShardIndex(Path path, SortedMap<String, String> weightMap) {
    static ShardIndex read(Path path) {
        if (!Files.isRegularFile(path)) {
            throw new CheckpointException(path + ": found " + (Files.exists(path) ? "no regular file" : "nothing")
                + "; expected the index of a sharded checkpoint");
        }
        byte[] text;
        try {
            long bytes = Files.size(path);
            if (bytes > Header.LIMIT) {
                throw new CheckpointException(path + ": found " + bytes + " bytes; expected at most " + Header.LIMIT);
            }
            text = Files.readAllBytes(path);
        } catch (IOException e) {
            throw new CheckpointException(path + ": found " + e + "; expected a readable file", e);
        }
        SortedMap<String, String> weightMap = new TreeMap<>();
        StrictJson.parse(path.toString(), text, json -> weightMap(json, path, weightMap));
        if (weightMap.isEmpty()) {
            throw new CheckpointException(path + ": found no tensor; expected a weight_map that names some");
        }
        return new ShardIndex(path, weightMap);
    }

    private static void weightMap(JsonParser json, Path path, SortedMap<String, String> weightMap) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String key = json.currentName();
            json.nextToken();
            if (key.equals("weight_map")) {
                StrictJson.once(weightMap.isEmpty() ? null : weightMap, path + ": " + key);
                weightMap.putAll(StrictJson.texts(json, path + ": " + key));
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
            throw new CheckpointException(path + ": found shard " + name + "; expected the name of a file", e);
        }
        if (relative.isAbsolute() || relative.startsWith("..") || !relative.normalize().equals(relative)) {
            throw outside(name);
        }
        Path file = folder.resolve(relative);
        if (!name.endsWith(".safetensors")) {
            throw new CheckpointException(path + ": found shard " + name + "; expected a .safetensors file");
        }
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(path + ": found no shard " + name + "; expected it beside the index");
        }
        try {
            Path real = file.toRealPath();
            if (!real.startsWith(folder.toRealPath()) && !real.startsWith(path.toRealPath().getParent())) {
                throw outside(name);
            }
        } catch (IOException e) {
            throw new CheckpointException(path + ": " + name + ": found " + e + "; expected a readable file", e);
        }
        return file;
    }

    private CheckpointException outside(String name) {
        return new CheckpointException(path + ": found shard " + name + " outside the index's folder; expected it inside");
    }
}
