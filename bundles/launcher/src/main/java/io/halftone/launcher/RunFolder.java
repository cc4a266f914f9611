package io.halftone.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The folder that a launch has for itself, so that launches never wait for each other: the framework's cache, temporary files and the
 * log. A file lock says that the launch lives; the system drops it when a process dies, however it dies. What dead launches left is
 * swept by the next one; the logs of the newest few stay.
 */
final class RunFolder implements AutoCloseable {
    static final int LOGS_KEPT = 20;
    private static final Duration TIME_TO_LOCK = Duration.ofSeconds(30);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
    private static final String LOG = "log";
    private static final String LOCK = "lock";

    private final Path path;
    private final FileChannel channel;

    private RunFolder(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /**
     * A new folder in {@code runs}.
     *
     * @throws IOException if it cannot be made there, as where the distribution is read-only
     */
    static RunFolder in(Path runs) throws IOException {
        Files.createDirectories(runs);
        String name = TIME.format(LocalDateTime.now()) + "-" + ProcessHandle.current().pid();
        for (int i = 0; ; i++) {
            Path path = runs.resolve(i == 0 ? name : name + "-" + i);
            try {
                Files.createDirectory(path);
            } catch (FileAlreadyExistsException taken) {
                continue;   // two containers that share a cache folder can have the same process ids
            }
            FileChannel channel = FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            channel.tryLock();
            Files.createDirectory(path.resolve("tmp"));
            Files.createDirectory(path.resolve(LOG));
            return new RunFolder(path, channel);
        }
    }

    Path path() {
        return path;
    }

    Path temporary() {
        return path.resolve("tmp");
    }

    Path logs() {
        return path.resolve(LOG);
    }

    /** Deletes all but the log. */
    @Override
    public void close() throws IOException {
        empty(path);
        channel.close();
    }

    /** Deletes what launches that are over have left, other than the newest logs. */
    void sweep() throws IOException {
        List<Path> newestFirst;
        try (Stream<Path> folders = Files.list(path.getParent())) {
            newestFirst = folders.filter(folder -> !folder.equals(path)).sorted(Comparator.reverseOrder()).toList();
        }
        for (int i = 0; i < newestFirst.size(); i++) {
            sweep(newestFirst.get(i), i + 1 < LOGS_KEPT);   // this launch's log counts
        }
    }

    private static void sweep(Path folder, boolean keepLog) throws IOException {
        Path lock = folder.resolve(LOCK);
        Instant latest = Instant.now().minus(TIME_TO_LOCK);
        if (!Files.exists(lock) || Files.getLastModifiedTime(lock).toInstant().isAfter(latest)) {
            return;   // its launch may be between making the file and locking it
        }
        try (FileChannel other = FileChannel.open(lock, StandardOpenOption.WRITE);
             FileLock held = lock(other).orElse(null)) {
            if (held == null) {
                return;
            }
            empty(folder);
            if (!keepLog) {
                delete(folder);
            }
        } catch (NoSuchFileException e) {
            return;   // another launch sweeps too
        }
    }

    private static Optional<FileLock> lock(FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock());
        } catch (OverlappingFileLockException heldByThisProcess) {
            return Optional.empty();
        }
    }

    private static void empty(Path folder) throws IOException {
        try (Stream<Path> children = Files.list(folder)) {
            for (Path child : children.toList()) {
                String name = child.getFileName().toString();
                if (!name.equals(LOG) && !name.equals(LOCK)) {
                    delete(child);
                }
            }
        }
    }

    private static void delete(Path root) throws IOException {
        try (Stream<Path> below = Files.walk(root)) {
            for (Path file : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
