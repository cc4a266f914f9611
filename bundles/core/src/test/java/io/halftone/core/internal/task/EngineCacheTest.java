package io.halftone.core.internal.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.CachedEngine;
import io.halftone.core.internal.job.Monitor;
import io.halftone.files.PathLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
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
        cache = new EngineCache(folder, 0);
    }

    private void make(Path entry) throws IOException {
        Files.writeString(entry.resolve("plan"), "engine " + made.incrementAndGet());
    }

    private Path entry(Map<String, String> facts) throws IOException {
        try (EngineCache.Held held = cache.entry("engines", facts, this::make, monitor)) {
            return held.folder();
        }
    }

    private List<String> entries() throws IOException {
        try (Stream<Path> entries = Files.list(folder.resolve("engines"))) {
            return entries.map(entry -> entry.getFileName().toString()).filter(name -> !name.endsWith(".lock")).toList();
        }
    }

    @Test
    void makesAnEntryOnce() throws IOException {
        Path entry = entry(FACTS);
        assertEquals(entry, entry(FACTS));
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

    @Test
    void aCancelledWaitTakesNothingFromTheMakerThatWasWaitedFor() throws Exception {
        var waiting = new CountDownLatch(1);
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try (EngineCache.Held held = cache.entry("engines", FACTS, entry -> {
            Future<?> other = pool.submit(() -> {
                waiting.countDown();
                return cache.entry("engines", FACTS, this::make, monitor);
            });
            try {
                waiting.await();
                pool.shutdownNow();
                assertTrue(assertThrows(ExecutionException.class, other::get).getCause() instanceof CancellationException);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            Path lock = folder.resolve("engines").resolve("." + EngineCache.key(FACTS) + ".lock");
            assertEquals("taken", otherProcess(lock));
            make(entry);
        }, monitor)) {
            assertEquals("engine 1", Files.readString(held.folder().resolve("plan")));
        }
        assertEquals(1, made.get());
    }

    /** What another process finds; a lock of this one is lost when any of its channels to the file is closed. */
    private static String otherProcess(Path lock) throws IOException {
        Process other = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
            System.getProperty("java.class.path"), EngineCacheTest.class.getName(), lock.toString()).start();
        return new String(other.getInputStream().readAllBytes()).strip();
    }

    /** Tells whether it gets a lock. */
    public static void main(String[] args) throws IOException {
        System.out.println(PathLock.tryAlone(Path.of(args[0])).isPresent() ? "free" : "taken");
    }

    private static final int ENTRY_BYTES = "engine 1".length() + "engine: a\n".length();

    @Test
    void removesWhatWasUsedLongestAgo() throws IOException {
        cache = new EngineCache(folder, 2 * ENTRY_BYTES);
        Path a = aged("a", 3), b = aged("b", 2);
        assertEquals(a, entry(Map.of("engine", "a")));         // and so it is the newest
        Path c = entry(Map.of("engine", "c"));
        assertEquals(List.of(c, a), CacheEntries.of(cache).stream().map(CachedEngine::folder).toList());
        assertFalse(Files.exists(b));
    }

    private Path aged(String name, int hours) throws IOException {
        Path made = entry(Map.of("engine", name));
        Files.setLastModifiedTime(made.resolve(EngineCache.FACTS), FileTime.from(Instant.now().minus(Duration.ofHours(hours))));
        return made;
    }

    @Test
    void keepsWhatSomebodyHolds() throws IOException {
        cache = new EngineCache(folder, 1);
        Path other = null;
        try (EngineCache.Held held = cache.entry("engines", Map.of("engine", "a"), this::make, monitor)) {
            other = entry(Map.of("engine", "b"));
            assertTrue(Files.exists(held.folder()));
            assertEquals(List.of(other), CacheEntries.clear(cache).stream().map(CachedEngine::folder).toList());
            assertEquals(List.of(held.folder()), CacheEntries.of(cache).stream().map(CachedEngine::folder).toList());
        }
        assertEquals(1, CacheEntries.clear(cache).size());
        assertEquals(List.of(), entries());
    }

    @Test
    void tellsWhatIsKept() throws IOException {
        entry(FACTS);
        CachedEngine kept = CacheEntries.of(cache).get(0);
        assertEquals(folder.resolve("engines").resolve(EngineCache.key(FACTS)), kept.folder());
        assertEquals("engines", kept.kind());
        assertEquals("engine 1".length() + "engine: fake 1.0\nweights: ab12\n".length(), kept.bytes());
        assertEquals(List.of("engine: fake 1.0", "weights: ab12"), kept.facts());
    }

    @Test
    void refusesALimitBelowNothing() {
        assertEquals("engineCacheBytes: found -1; expected a number of bytes, or 0 for no limit",
            assertThrows(IllegalArgumentException.class, () -> new EngineCache(folder, -1)).getMessage());
    }

    @Test
    void makesItOnceForAllWhoWantItAtOnce() throws Exception {
        int jobs = 4;
        ExecutorService pool = Executors.newFixedThreadPool(jobs);
        try {
            var start = new CountDownLatch(jobs);
            List<Future<EngineCache.Held>> entries = new ArrayList<>();
            for (int i = 0; i < jobs; i++) {
                entries.add(pool.submit(() -> {
                    start.countDown();
                    start.await();
                    return new EngineCache(folder, 0).entry("engines", FACTS, this::make, monitor);
                }));
            }
            for (Future<EngineCache.Held> entry : entries) {
                assertEquals("engine 1", Files.readString(entry.get().folder().resolve("plan")));
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
