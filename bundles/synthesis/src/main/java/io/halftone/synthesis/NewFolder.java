package io.halftone.synthesis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/** A folder that appears under its name whole, or not at all: until then it is a temporary one beside it. */
final class NewFolder implements AutoCloseable {
    private final Path target;
    private final Path temporary;

    private NewFolder(Path target, Path temporary) {
        this.target = target;
        this.temporary = temporary;
    }

    /**
     * Begins a folder.
     *
     * @throws IllegalArgumentException if there is a file, or a folder with something in it
     */
    static NewFolder create(Path target) throws IOException {
        requireFree(target);
        Path absolute = target.toAbsolutePath();
        Files.createDirectories(absolute.getParent());
        Path temporary = absolute.resolveSibling("." + absolute.getFileName() + "." + UUID.randomUUID() + ".tmp");
        return new NewFolder(absolute, Files.createDirectory(temporary));
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
        return temporary;
    }

    /** Gives the folder its name. */
    void commit() throws IOException {
        requireFree(target);
        Files.deleteIfExists(target);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes what was written, unless it was committed. */
    @Override
    public void close() throws IOException {
        if (!Files.isDirectory(temporary)) {
            return;
        }
        List<Path> all;
        try (Stream<Path> walk = Files.walk(temporary)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
