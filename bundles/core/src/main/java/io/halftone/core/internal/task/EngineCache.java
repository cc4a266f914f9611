package io.halftone.core.internal.task;

import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.quantize.Digests;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders by the digest of what they were made of. One is there whole or not at all: it is made beside its place and moved. Of
 * several who want the same one, in this process or others, one makes it and the others wait for it.
 *
 * @param folder what holds them, a folder for each kind
 */
public record EngineCache(Path folder) {
    /** What an entry says of itself: everything that its key was made of. */
    static final String FACTS = "made-of.txt";

    private static final Logger LOG = LoggerFactory.getLogger(EngineCache.class);
    private static final String STAGING = ".part-";
    private static final long PAUSE_MILLIS = 200;

    /** Fills a new entry. */
    @FunctionalInterface
    interface Maker {
        void make(Path entry) throws IOException;
    }

    /**
     * Where engines are kept if nobody says so: {@code engines} in {@code HALFTONE_DATA}, or else {@code halftone/engines} in the
     * user's cache. A distribution may be read-only, and engines outlive it.
     */
    public static Path usual(Map<String, String> environment, String home) {
        String data = environment.getOrDefault("HALFTONE_DATA", "");
        if (!data.isBlank()) {
            return Path.of(data).resolve("engines").toAbsolutePath();
        }
        String caches = environment.getOrDefault("XDG_CACHE_HOME", "");
        String user = environment.getOrDefault("HOME", "");
        Path cache = caches.isBlank() ? Path.of(user.isBlank() ? home : user).resolve(".cache") : Path.of(caches);
        return cache.resolve("halftone").resolve("engines").toAbsolutePath();
    }

    /** SHA-256 over facts by name, hexadecimal. */
    static String key(Map<String, String> facts) {
        return Digests.sha256(ByteBuffer.wrap(text(facts).getBytes(StandardCharsets.UTF_8)));
    }

    private static String text(Map<String, String> facts) {
        var text = new StringBuilder();
        // a line for each: what has more is told apart by escaping
        new TreeMap<>(facts).forEach((name, value) ->
            text.append(name).append(": ").append(value.replace("\\", "\\\\").replace("\n", "\\n")).append('\n'));
        return text.toString();
    }

    /**
     * The folder of what was made of these facts; filled by the maker if there is none.
     *
     * @param kind    of a plural name: {@code exports}, {@code engines}
     * @param monitor hears nothing, but ends the wait of a cancelled job
     */
    Path entry(String kind, Map<String, String> facts, Maker maker, Monitor monitor) throws IOException {
        String key = key(facts);
        Path kept = folder.resolve(kind);
        Path entry = kept.resolve(key);
        if (Files.isDirectory(entry)) {
            LOG.info("{}: used again", entry);
            return entry;
        }
        Files.createDirectories(kept);
        // closing the channel releases the lock
        try (FileChannel channel = FileChannel.open(kept.resolve("." + key + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            boolean alone = lock(channel, entry, monitor);
            if (Files.isDirectory(entry)) {
                return entry;
            }
            if (alone) {
                sweep(kept, key);
            }
            Path staging = Files.createTempDirectory(kept, "." + key + STAGING);
            try {
                maker.make(staging);
                Files.writeString(staging.resolve(FACTS), text(facts));
                publish(staging, entry);
            } finally {
                delete(staging);
            }
        }
        LOG.info("{}: kept", entry);
        return entry;
    }

    private static void publish(Path staging, Path entry) throws IOException {
        try {
            Files.move(staging, entry, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            if (!Files.isDirectory(entry)) {
                throw e;
            }
            LOG.debug("{}: another process was first", entry, e);
        }
    }

    /** Waits until nobody else makes this entry; false where the file system has no locks. */
    private static boolean lock(FileChannel channel, Path entry, Monitor monitor) {
        boolean told = false;
        while (true) {
            monitor.check();
            try {
                FileLock lock = channel.tryLock();
                if (lock != null) {
                    return true;
                }
            } catch (OverlappingFileLockException e) {
                LOG.trace("{}: made by another job", entry, e);
            } catch (IOException e) {
                LOG.warn("{}: no lock against others who make the same: {}", entry, e.getMessage());
                return false;
            }
            if (!told) {
                LOG.info("{}: waiting for another process or job that makes it", entry);
                told = true;
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("cancelled");
            }
        }
    }

    /** Removes what makers of this entry left behind who were killed. */
    private static void sweep(Path kept, String key) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(kept, "." + key + STAGING + "*")) {
            for (Path staging : left) {
                delete(staging);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
