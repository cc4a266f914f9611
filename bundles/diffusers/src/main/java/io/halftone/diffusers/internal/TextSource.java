package io.halftone.diffusers.internal;

import io.halftone.ops.CheckpointException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Files that are nowhere but in memory.
 *
 * @param name  what messages call the folder
 * @param files JSON by path
 */
record TextSource(String name, Map<String, String> files) implements ConfigSource {
    TextSource {
        files = Map.copyOf(files);
    }

    @Override
    public String where(String file) {
        return name + "/" + file;
    }

    @Override
    public boolean has(String file) {
        return files.containsKey(file);
    }

    @Override
    public boolean hasFolder(String folder) {
        return files.keySet().stream().anyMatch(file -> file.startsWith(folder + "/"));
    }

    @Override
    public Map<String, Object> read(String file) {
        if (!has(file)) {
            throw new CheckpointException(where(file) + ": found nothing; expected a configuration file");
        }
        return ConfigFile.parse(where(file), files.get(file).getBytes(StandardCharsets.UTF_8));
    }
}
