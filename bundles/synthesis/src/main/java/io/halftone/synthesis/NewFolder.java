package io.halftone.synthesis;

import io.halftone.files.Staging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A folder that appears under its name whole, or not at all: where there is an empty one, or none. */
final class NewFolder implements AutoCloseable {
    private final Path target;
    private final Staging staging;

    private NewFolder(Path target, Staging staging) {
        this.target = target;
        this.staging = staging;
    }

    /**
     * Begins a folder.
     *
     * @throws IllegalArgumentException if there is a file, or a folder with something in it
     */
    static NewFolder create(Path target) throws IOException {
        requireFree(target);
        Path absolute = target.toAbsolutePath();
        return new NewFolder(absolute, Staging.in(absolute.getParent()));
    }

    private static void requireFree(Path target) throws IOException {
        if (!Files.exists(target)) {
            return;
        }
        if (!Files.isDirectory(target)) {
            throw new IllegalArgumentException(target + ": found a file; expected a folder that is empty or not there");
        }
        try (Stream<Path> content = Files.list(target)) {
            if (content.findAny().isPresent()) {
                throw new IllegalArgumentException(target + ": found a folder that is not empty; expected one that is, or none");
            }
        }
    }

    /** Where to write. */
    Path path() {
        return staging.path();
    }

    /** Gives the folder its name. */
    void commit() throws IOException {
        requireFree(target);
        staging.publishAs(target.getFileName().toString());
    }

    /** A failure with the names that files will have. */
    IOException named(IOException e) {
        return staging.named(e, target.getFileName().toString());
    }

    /** Deletes what was written, unless it was committed. */
    @Override
    public void close() throws IOException {
        staging.close();
    }
}
