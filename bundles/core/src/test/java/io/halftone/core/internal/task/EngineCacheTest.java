package io.halftone.core.internal.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.core.internal.job.Monitor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineCacheTest {
    private static final Map<String, String> FACTS = Map.of("engine", "fake 1.0", "weights", "ab12");

    private final Monitor monitor = Monitor.silent();
    private final AtomicInteger made = new AtomicInteger();
    @TempDir
    Path folder;
    private EngineCache cache;

    @BeforeEach
    void openCache() {
        cache = new EngineCache(folder);
    }

    private void make(Path entry) throws IOException {
        Files.writeString(entry.resolve("plan"), "engine " + made.incrementAndGet());
    }

    private List<String> entries() throws IOException {
        try (Stream<Path> entries = Files.list(folder.resolve("engines"))) {
            return entries.map(entry -> entry.getFileName().toString()).filter(name -> !name.endsWith(".lock")).toList();
        }
    }

    @Test
    void makesAnEntryOnce() throws IOException {
        Path entry = cache.entry("engines", FACTS, this::make, monitor);
        assertEquals(entry, cache.entry("engines", FACTS, this::make, monitor));
        assertEquals(1, made.get());
        assertEquals("engine: fake 1.0\nweights: ab12\n", Files.readString(entry.resolve(EngineCache.FACTS)));
        assertEquals(List.of(EngineCache.key(FACTS)), entries());
    }

    @Test
    void tellsEveryFactApart() {
        String key = EngineCache.key(FACTS);
        assertTrue(key.matches("[0-9a-f]{64}"), key);
        assertNotEquals(key, EngineCache.key(Map.of("engine", "fake 1.1", "weights", "ab12")));
        assertNotEquals(EngineCache.key(Map.of("a", "1\nb: 2")), EngineCache.key(Map.of("a", "1", "b", "2")));
        assertNotEquals(EngineCache.key(Map.of("a", "\n")), EngineCache.key(Map.of("a", "\\n")));
    }

    @Test
    void keepsNothingOfAMakerThatFails() throws IOException {
        assertThrows(IOException.class, () -> cache.entry("engines", FACTS, entry -> {
            make(entry);
            throw new IOException("disk full");
        }, monitor));
        assertEquals(List.of(), entries());
        cache.entry("engines", FACTS, this::make, monitor);
        assertEquals(2, made.get());
    }

    /** A process that was killed leaves its folder: it is no entry, and the next maker of that one removes it. */
    @Test
    void removesWhatAKilledMakerLeft() throws IOException {
        String key = EngineCache.key(FACTS);
        Path left = Files.createDirectories(folder.resolve("engines").resolve("." + key + ".part-1/inner"));
        Files.writeString(left.resolve("plan"), "half of an eng");
        Path entry = cache.entry("engines", FACTS, this::make, monitor);
        assertEquals("engine 1", Files.readString(entry.resolve("plan")));
        assertFalse(Files.exists(left));
    }

    @Test
    void makesItOnceForAllWhoWantItAtOnce() throws Exception {
        int jobs = 4;
        ExecutorService pool = Executors.newFixedThreadPool(jobs);
        try {
            var start = new CountDownLatch(jobs);
            List<Future<Path>> entries = new ArrayList<>();
            for (int i = 0; i < jobs; i++) {
                entries.add(pool.submit(() -> {
                    start.countDown();
                    start.await();
                    return new EngineCache(folder).entry("engines", FACTS, this::make, monitor);
                }));
            }
            for (Future<Path> entry : entries) {
                assertEquals("engine 1", Files.readString(entry.get().resolve("plan")));
            }
        } finally {
            pool.shutdownNow();
        }
        assertEquals(1, made.get());
    }

    @Test
    void liesInTheUsersCacheUnlessDataHaveAPlace() {
        assertEquals(Path.of("/d/engines"), EngineCache.usual(Map.of("HALFTONE_DATA", "/d", "HOME", "/h"), "/u"));
        assertEquals(Path.of("/c/halftone/engines"), EngineCache.usual(Map.of("XDG_CACHE_HOME", "/c", "HOME", "/h"), "/u"));
        assertEquals(Path.of("/h/.cache/halftone/engines"), EngineCache.usual(Map.of("HOME", "/h"), "/u"));
        assertEquals(Path.of("/u/.cache/halftone/engines"), EngineCache.usual(Map.of(), "/u"));
    }
}
