package io.halftone.core.internal.task;

import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.quantize.Digests;
import io.halftone.files.PathLock;
import io.halftone.files.Staging;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Folders by the digest of what they were made of. One is there whole or not at all. Of several who want the same one, in this process or
 * others, one makes it and the others wait for it. Where they take more than a limit together, those that were used longest ago go, except
 * those that somebody holds.
 *
 * @param folder what holds them, a folder for each kind
 * @param limit  bytes that they may take; 0 for any number
 */
public record EngineCache(Path folder, long limit) {
    /** The limit where nobody says: a model of 12 billion parameters fits in 16 bits, exported and built. */
    public static final long USUAL_LIMIT = 100_000_000_000L;
    /** What an entry says of itself: everything that its key was made of. Its time is that of the entry's last use. */
    static final String FACTS = "made-of.txt";

    private static final Logger LOG = LoggerFactory.getLogger(EngineCache.class);
    private static final long PAUSE_MILLIS = 200;

    public EngineCache {
        if (limit < 0) {
            throw new IllegalArgumentException("engineCacheBytes: found " + limit + "; expected a number of bytes, or 0 for no limit");
        }
    }

    /** Fills a new entry. */
    @FunctionalInterface
    interface Maker {
        void make(Path entry) throws IOException;
    }

    /**
     * An entry that stays as long as this is open.
     *
     * @param folder the entry's
     */
    record Held(Path folder, PathLock lock) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            lock.close();
        }
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

    /** A line for each fact, in the order of their names. */
    static String text(Map<String, String> facts) {
        var text = new StringBuilder();
        // a line for each: what has more is told apart by escaping
        new TreeMap<>(facts).forEach((name, value) ->
            text.append(name).append(": ").append(value.replace("\\", "\\\\").replace("\n", "\\n")).append('\n'));
        return text.toString();
    }

    /** The limit is kept where it can be: what was made is there all the same. */
    private void evict() {
        try {
            CacheEntries.evict(this);
        } catch (IOException | UncheckedIOException e) {
            LOG.warn("{}: found {}; expected to remove the entries beyond {} bytes", folder, e.toString(), limit());
        }
    }

    /**
     * What was made of these facts; made by the maker if it is not there.
     *
     * @param kind    of a plural name: {@code exports}, {@code engines}
     * @param monitor hears nothing, but ends the wait of a cancelled job
     */
    Held entry(String kind, Map<String, String> facts, Maker maker, Monitor monitor) throws IOException {
        String key = key(facts);
        Path kept = folder.resolve(kind);
        Path entry = kept.resolve(key);
        Files.createDirectories(kept);
        boolean made = false;
        boolean told = false;
        for (;;) {
            monitor.check();
            Optional<Held> held = held(entry);
            if (held.isPresent()) {
                LOG.info("{}: {}", entry, made ? "kept" : "used again");
                if (made) {
                    evict();
                }
                return held.get();
            }
            try (PathLock alone = PathLock.tryAlone(lock(entry)).orElse(null)) {
                if (alone != null) {
                    made |= make(entry, facts, maker);
                    continue;
                }
            }
            if (!told) {
                LOG.info("{}: waiting for another process or job that makes it", entry);
                told = true;
            }
            pause();
        }
    }

    /** The file whose lock those have who make an entry, and share who use it. */
    static Path lock(Path entry) {
        return entry.resolveSibling("." + entry.getFileName() + ".lock");
    }

    private static Optional<Held> held(Path entry) throws IOException {
        if (!Files.isDirectory(entry)) {
            return Optional.empty();
        }
        Optional<PathLock> lock = PathLock.tryShared(lock(entry));
        if (lock.isEmpty()) {
            return Optional.empty();       // just made, or about to go
        }
        if (!Files.isDirectory(entry)) {
            lock.get().close();
            return Optional.empty();
        }
        try {
            Files.setLastModifiedTime(entry.resolve(FACTS), FileTime.from(Instant.now()));
        } catch (IOException e) {
            LOG.debug("{}: cannot say that it was used", entry, e);
        }
        return Optional.of(new Held(entry, lock.get()));
    }

    /** Whether it was not there yet. */
    private boolean make(Path entry, Map<String, String> facts, Maker maker) throws IOException {
        if (Files.isDirectory(entry)) {
            return false;
        }
        try (Staging staging = Staging.in(folder)) {
            maker.make(staging.path());
            Files.writeString(staging.file(FACTS), text(facts));
            staging.publishAs(folder.relativize(entry).toString());
            return true;
        } catch (IOException e) {
            if (!Files.isDirectory(entry)) {
                throw e;
            }
            LOG.debug("{}: another process was first", entry, e);
            return false;
        }
    }

    /** Removes an entry that nobody holds; says whether it is gone. */
    static boolean remove(Path folder, Path entry) throws IOException {
        try (PathLock alone = PathLock.tryAlone(lock(entry)).orElse(null)) {
            if (alone == null) {
                return false;
            }
            if (Files.isDirectory(entry)) {
                try (Staging gone = Staging.in(folder)) {
                    Files.move(entry, gone.file(entry.getFileName().toString()), StandardCopyOption.ATOMIC_MOVE);
                }
            }
            return true;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("cancelled");
        }
    }
}
