package io.halftone.web.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class LaunchesTest {
    private static final Map<String, List<String>> TINY = Map.of("model", List.of("tiny"));

    @TempDir
    Path folder;

    private final Fakes fakes = new Fakes();
    private final Launches launches = new Launches(fakes.halftone, fakes);
    private WebSettings settings;

    @BeforeEach
    void configure() {
        settings = WebSettings.of(Map.of("runsFolder", folder.resolve("runs").toString()), Map.of(), "/nowhere");
    }

    @AfterEach
    void end() throws Exception {
        fakes.end.countDown();
        Site.awaitEnds(launches, folder.resolve("runs"));
    }

    private String start() throws Exception {
        return launches.start("quantize", TINY, List.of(), settings);
    }

    private void awaitEnd(String job) throws InterruptedException {
        Path run = folder.resolve("runs").resolve(launches.runOf(job).orElseThrow().name());
        while (launches.isRunning(run)) {
            Thread.sleep(5);
        }
    }

    @Test
    void startsSixteenAtATimeAndNoMoreHoweverManyComeAtOnce() throws Exception {
        var all = new CyclicBarrier(48);
        var threads = Executors.newFixedThreadPool(48);
        List<Future<String>> asked = new ArrayList<>();
        for (int i = 0; i < 48; i++) {
            asked.add(threads.submit(() -> {
                all.await();
                return start();
            }));
        }
        int started = 0;
        for (Future<String> each : asked) {
            try {
                each.get();
                started++;
            } catch (ExecutionException e) {
                assertEquals("jobs: found 16 that run; expected fewer before another", assertThrows(Launches.Busy.class, () -> {
                    throw e.getCause();
                }).getMessage());
            }
        }
        threads.shutdown();
        assertEquals(16, started);
        try (var runs = Files.list(folder.resolve("runs"))) {
            assertEquals(16, runs.count());
        }
    }

    @Test
    void givesThePlaceOfAJobBackWhenItEndsOrIsRefused() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThrows(IllegalArgumentException.class, () -> launches.start("quantize", Map.of(), List.of(), settings));
        }
        var nowhere = WebSettings.of(Map.of("runsFolder", Files.createFile(folder.resolve("file")).resolve("runs").toString()), Map.of(), "/nowhere");
        for (int i = 0; i < 20; i++) {
            assertThrows(java.io.IOException.class, () -> launches.start("quantize", TINY, List.of(), nowhere));
        }
        for (int i = 0; i < 16; i++) {
            start();
        }
        assertThrows(Launches.Busy.class, this::start);
        fakes.end.countDown();
        awaitEnd("quantize-36");
        awaitStart();
    }

    private void awaitStart() throws Exception {
        for (;;) {
            try {
                start();
                return;
            } catch (Launches.Busy e) {
                Thread.sleep(5);   // the last of a thread, behind the record
            }
        }
    }

    @Test
    void forgetsJobsThatTheServiceHasForgotten() throws Exception {
        fakes.end.countDown();
        String first = start();
        awaitEnd(first);
        String second = start();
        assertTrue(launches.runOf(first).isPresent());

        fakes.jobs.remove(first);
        awaitEnd(second);
        String third = start();
        awaitEnd(third);
        while (launches.runOf(first).isPresent()) {
            Thread.sleep(5);
        }
        assertTrue(launches.runOf(second).isPresent());
        assertTrue(launches.runOf(third).isPresent());
    }
}
