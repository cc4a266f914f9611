package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Processes that are killed, paused and started late: what is computed is the same. */
class ProcessesTest {
    private static final long LIMIT_SECONDS = 100;

    private final int port = Ports.free(8);
    private final List<Started> processes = new ArrayList<>();

    /** A process and what it says. */
    private record Started(Process process, BlockingQueue<String> lines) {
        String next() throws InterruptedException {
            String line = lines.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            assertTrue(line != null, "nothing in " + LIMIT_SECONDS + " s");
            return line;
        }

        void await(String line) throws InterruptedException {
            assertEquals(line, next());
        }

        void awaitDone(int units) throws InterruptedException {
            String line = next();
            while (!line.startsWith("done ") || Integer.parseInt(line.substring(5)) < units) {
                line = next();
            }
        }

        /** What it says at its end. */
        String last() throws InterruptedException {
            String line = next();
            while (!line.startsWith("equal") && !line.startsWith("different")) {
                line = next();
            }
            return line;
        }
    }

    private Started start(int limit, int step, String... what) throws IOException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m", "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC", "-Dhazelcast.logging.type=none", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error", "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            MemberMain.class.getName(), Integer.toString(port), Integer.toString(limit), Integer.toString(step)));
        command.addAll(List.of(what));
        Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
        Started started = new Started(process, new LinkedBlockingQueue<>());
        processes.add(started);
        Thread reader = new Thread(() -> {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                in.lines().forEach(started.lines()::add);
            } catch (IOException | UncheckedIOException e) {   // it was killed
                started.lines().add("unreadable " + e);
            }
        });
        reader.setDaemon(true);
        reader.start();
        return started;
    }

    private static void signal(String signal, Process process) throws IOException, InterruptedException {
        assertEquals(0, new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor());
    }

    @AfterEach
    void stop() {
        processes.forEach(started -> started.process().destroyForcibly());
    }

    @Test
    void computesTheSameWhenMembersAreKilledPausedAndLate() throws Exception {
        Random random = new Random(3);
        Started killed = start(5, 8, "member");
        Started paused = start(5, 8, "member");
        killed.await("joined");
        paused.await("joined");
        Started coordinator = start(5, 8, "coordinate", "120");
        coordinator.await("joined");
        coordinator.awaitDone(5 + random.nextInt(10));
        signal("STOP", paused.process());
        coordinator.awaitDone(25 + random.nextInt(10));
        signal("KILL", killed.process());
        Started late = start(5, 8, "member");
        coordinator.awaitDone(70);
        signal("CONT", paused.process());
        assertEquals("equal", coordinator.last());
        assertTrue(late.process().isAlive());
    }
}
