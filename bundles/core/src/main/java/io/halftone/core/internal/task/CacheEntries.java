package io.halftone.core.internal.task;

import io.halftone.api.CachedEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an engine cache holds, and what goes from it. */
public final class CacheEntries {
    private static final Logger LOG = LoggerFactory.getLogger(CacheEntries.class);
    private static final List<String> KINDS = List.of("engines", "exports");
    private static final String KEY = "[0-9a-f]{64}";

    private CacheEntries() {}

    /** All entries, those that were used last first. */
    public static List<CachedEngine> of(EngineCache cache) throws IOException {
        if (Files.isRegularFile(cache.folder())) {
            throw new IllegalArgumentException("engine cache " + cache.folder() + ": found a file; expected a folder");
        }
        List<CachedEngine> entries = new ArrayList<>();
        for (String kind : KINDS) {
            if (Files.isDirectory(cache.folder().resolve(kind))) {
                for (Path folder : list(cache.folder().resolve(kind))) {
                    if (folder.getFileName().toString().matches(KEY)) {
                        add(folder, kind, entries);
                    }
                }
            }
        }
        entries.sort(Comparator.comparing(CachedEngine::used).reversed().thenComparing(entry -> entry.folder().toString()));
        return List.copyOf(entries);
    }

    private static void add(Path folder, String kind, List<CachedEngine> entries) throws IOException {
        try {
            Path facts = folder.resolve(EngineCache.FACTS);
            boolean described = Files.isRegularFile(facts);
            long bytes = 0;
            for (Path file : files(folder)) {
                bytes += Files.size(file);
            }
            Instant used = Files.getLastModifiedTime(described ? facts : folder).toInstant();
            entries.add(new CachedEngine(folder, kind, bytes, used, described ? lines(facts) : List.of()));
        } catch (NoSuchFileException | UncheckedIOException e) {
            LOG.debug("{}: went meanwhile", folder, e);
        }
    }

    /** None of a file that is damaged: its entry is listed and removed like others. */
    private static List<String> lines(Path facts) throws IOException {
        try {
            return Files.readAllLines(facts);
        } catch (CharacterCodingException e) {
            return List.of();
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> content = Files.list(folder)) {
            return content.toList();
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> content = Files.walk(folder)) {
            return content.filter(Files::isRegularFile).toList();
        }
    }

    /**
     * Removes every entry that nobody holds.
     *
     * @return those that are gone
     */
    public static List<CachedEngine> clear(EngineCache cache) throws IOException {
        List<CachedEngine> gone = new ArrayList<>();
        for (CachedEngine entry : of(cache)) {
            if (EngineCache.remove(cache.folder(), entry.folder())) {
                gone.add(entry);
            }
        }
        return gone;
    }

    /** Removes the entries that were used longest ago until the others keep to the limit. */
    static void evict(EngineCache cache) throws IOException {
        List<CachedEngine> entries = of(cache);
        long all = entries.stream().mapToLong(CachedEngine::bytes).sum();
        for (int i = entries.size() - 1; i >= 0 && cache.limit() > 0 && all > cache.limit(); i--) {
            CachedEngine oldest = entries.get(i);
            if (EngineCache.remove(cache.folder(), oldest.folder())) {
                LOG.info("{}: removed, for the cache passed {} bytes", oldest.folder(), cache.limit());
                all -= oldest.bytes();
            }
        }
        if (cache.limit() > 0 && all > cache.limit()) {
            LOG.warn("{}: {} bytes in use; engineCacheBytes is {}", cache.folder(), all, cache.limit());
        }
    }
}
