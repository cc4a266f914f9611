package io.halftone.safetensors;

import io.halftone.ops.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the links in a model's folder may lead: into the folder itself. In the cache of Hugging Face's hub the files of
 * {@code snapshots/REVISION} are links into {@code blobs} beside {@code snapshots}; there they may lead as well. The folder may itself be
 * reached by a link.
 *
 * @param folder where the folder really is
 * @param blobs  the cache's content, if the folder lies in such a cache
 */
public record FolderLinks(Path folder, Optional<Path> blobs) {
    private static final String SNAPSHOTS = "snapshots";
    private static final String BLOBS = "blobs";

    /**
     * The rule for a folder.
     *
     * @throws CheckpointException if it is not there
     */
    public static FolderLinks of(Path folder) {
        try {
            Path real = folder.toRealPath();
            Path parent = real.getParent();
            boolean cached = parent != null && parent.getParent() != null && parent.endsWith(SNAPSHOTS);
            return new FolderLinks(real, Optional.of(real).filter(f -> cached).map(f -> parent.resolveSibling(BLOBS)).filter(Files::isDirectory));
        } catch (IOException e) {
            throw new CheckpointException(folder + ": found " + e + "; expected a readable folder", e);
        }
    }

    /**
     * Refuses what lies elsewhere. A file that is not there passes.
     *
     * @param file a file or folder in the folder, by any path
     * @throws CheckpointException if a link leads out of the folder
     */
    public void check(Path file) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            Path real = file.toRealPath();
            if (!real.startsWith(folder) && blobs.filter(real::startsWith).isEmpty()) {
                throw new CheckpointException(file + ": found a link to " + real + ", outside " + folder
                    + "; expected a file inside: copy it, or link the whole folder");
            }
        } catch (IOException e) {
            throw new CheckpointException(file + ": found " + e + "; expected a readable file", e);
        }
    }
}
