package io.halftone.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The hidden folder of one writer, in the folder that its files will be in.
 *
 * @param path its place, which changes when its files are about to get their names
 */
record Home(Path path) {
    /** What the names of such folders begin with. */
    static final String PREFIX = ".halftone-";
    /** The name of the one folder whose files are getting their names; what is called so is whole. */
    static final String READY = PREFIX + "ready";

    private static final String LOCK = "lock-";
    private static final String ID = "[0-9a-f-]{36}";

    /** The folder of a new writer. */
    static Home of(Path folder, String id) {
        return new Home(folder.resolve(PREFIX + id));
    }

    static Home ready(Path folder) {
        return new Home(folder.resolve(READY));
    }

    /** Whether a path is called as these are. */
    static boolean isNamed(Path path) {
        return path.getFileName().toString().matches("\\.halftone-(ready|" + ID + ")");
    }

    boolean isReady() {
        return path.getFileName().toString().equals(READY);
    }

    /** What is being written. */
    Path files() {
        return path.resolve("files");
    }

    /** What was there before. */
    Path replaced() {
        return path.resolve("replaced");
    }

    /** Says which files get their names, and in which order. */
    Path order() {
        return path.resolve("order");
    }

    /** Its lock says that the writer lives. Its name is the writer's own, so that it is never taken for that of the next one. */
    Path lock(String id) {
        return path.resolve(LOCK + id);
    }

    /** The writer's name; empty if the folder is about to go. */
    Optional<String> id() throws IOException {
        try (Stream<Path> content = Files.list(path)) {
            return content.map(file -> file.getFileName().toString()).filter(name -> name.matches(LOCK + ID)).findFirst()
                .map(name -> name.substring(LOCK.length()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /**
     * Whether it says which files are to get their names, and is as writers leave it. What came with somebody's files may have links in
     * these places, through which files of other folders would be moved.
     */
    boolean isOrdered() {
        return Files.isRegularFile(order(), LinkOption.NOFOLLOW_LINKS) && Files.isDirectory(files(), LinkOption.NOFOLLOW_LINKS)
            && Files.isDirectory(replaced(), LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether somebody may be at work there: a folder of another user's, or one with a lock. What came with somebody's files has none for long. */
    boolean mayBeHeld() throws IOException {
        if (!isOurs()) {
            return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        }
        Optional<String> id = id();
        return id.isPresent() && Files.isRegularFile(lock(id.get()), LinkOption.NOFOLLOW_LINKS);
    }

    /** Whether it is a folder of this user's own, and no link to one. */
    boolean isOurs() throws IOException {
        Path self = Path.of("/proc/self");
        try {
            return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)
                && (!Files.exists(self) || Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(self)));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /** Waits until all that was written is on the disk. */
    void force(Disk disk) throws IOException {
        Files.walkFileTree(files(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    disk.force(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path written, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                disk.force(written);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Removes it: first what says that its files are to get their names, its lock last. Links go, what they lead to stays. */
    void delete(Disk disk) throws IOException {
        disk.delete(order());
        Files.walkFileTree(path, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!file.getParent().equals(path) || !file.getFileName().toString().startsWith(LOCK)) {
                    disk.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, IOException failure) throws IOException {
                if (failure != null) {
                    throw failure;
                }
                if (!folder.equals(path)) {
                    disk.delete(folder);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        Optional<String> id = id();
        if (id.isPresent()) {
            disk.delete(lock(id.get()));
        }
        try {
            disk.delete(path);
        } catch (DirectoryNotEmptyException e) {
            if (!isReady() || id().equals(id)) {
                throw e;
            }
            // the next writer's: it was empty for a moment
        }
    }
}
