package io.halftone.lora;

import io.halftone.files.Staging;
import io.halftone.safetensors.FolderLinks;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.function.Predicate;

/**
 * A folder made from another: built beside its place under a temporary name, and given its own in one step. Large files are hard
 * links where the file system has them, so that they take no space twice.
 */
final class FolderCopy implements AutoCloseable {
    private static final long LINK_BYTES = 1 << 20;

    private final Path target;
    private final Staging staging;
    private final Path building;

    private FolderCopy(Path target, Staging staging) {
        this.target = target;
        this.staging = staging;
        this.building = staging.path();
    }

    /**
     * Starts a copy.
     *
     * @throws IllegalArgumentException if the target exists or lies in the source
     */
    static FolderCopy start(Path source, Path target) throws IOException {
        Path absolute = target.toAbsolutePath().normalize();
        if (Files.exists(absolute)) {
            throw new IllegalArgumentException(target + ": found it there; expected the path of a new folder");
        }
        Path parent = absolute.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new IllegalArgumentException(target + ": found no folder " + parent + "; expected one to write to");
        }
        if (parent.toRealPath().startsWith(source.toRealPath())) {
            throw new IllegalArgumentException(target + ": found it in " + source + "; expected a folder outside");
        }
        return new FolderCopy(absolute, Staging.in(parent));
    }

    /** The folder while it is built. */
    Path path() {
        return building;
    }

    /**
     * Copies all files but hidden ones and those to leave out; where a link leads, the copy has what it leads to.
     *
     * @throws io.halftone.ops.CheckpointException if a link leads out of the source
     */
    void add(Path source, Predicate<Path> leaveOut) throws IOException {
        FolderLinks links = FolderLinks.of(source);
        Files.walkFileTree(source, EnumSet.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
                if (!folder.equals(source) && skipped(folder)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                links.check(folder);
                Files.createDirectories(building.resolve(source.relativize(folder).toString()));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile() && !skipped(file)) {
                    links.check(file);
                    place(file, attributes.size(), building.resolve(source.relativize(file).toString()));
                }
                return FileVisitResult.CONTINUE;
            }

            private boolean skipped(Path path) {
                return path.getFileName().toString().startsWith(".") || leaveOut.test(path);
            }
        });
    }

    private static void place(Path file, long bytes, Path copy) throws IOException {
        if (bytes >= LINK_BYTES) {
            try {
                Files.createLink(copy, file.toRealPath());
                return;
            } catch (FileAlreadyExistsException e) {
                throw e;
            } catch (IOException | UnsupportedOperationException e) {
                Files.deleteIfExists(copy);   // another file system, or a file of another user: copied instead
            }
        }
        Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
    }

    /** Gives the folder its name. */
    void commit() throws IOException {
        if (Files.exists(target)) {
            throw new IllegalArgumentException(target + ": found it there; expected the path of a new folder");
        }
        staging.publishAs(target.getFileName().toString());
    }

    /** Deletes what was built, unless it was committed. */
    @Override
    public void close() throws IOException {
        staging.close();
    }
}
