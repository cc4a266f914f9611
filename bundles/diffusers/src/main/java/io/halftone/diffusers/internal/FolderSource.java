package io.halftone.diffusers.internal;

import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Files on disk. */
record FolderSource(Path folder) implements ConfigSource {
    FolderSource {
        if (!Files.isDirectory(folder)) {
            throw new CheckpointException(folder + ": found " + (Files.exists(folder) ? "a file" : "nothing")
                + "; expected a diffusers pipeline folder");
        }
    }

    @Override
    public String name() {
        return folder.toString();
    }

    @Override
    public String where(String file) {
        return folder.resolve(file).toString();
    }

    @Override
    public boolean has(String file) {
        return Files.isRegularFile(folder.resolve(file));
    }

    @Override
    public boolean hasFolder(String name) {
        return Files.isDirectory(folder.resolve(name));
    }

    @Override
    public Map<String, Object> read(String file) {
        try {
            return ConfigFile.read(folder.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
