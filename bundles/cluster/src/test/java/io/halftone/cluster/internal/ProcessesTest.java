package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Processes that are killed, paused and started late: what is computed is the same. */
class ProcessesTest {
    private static final long LIMIT_SECONDS = 100;
    /** Seconds without a sign of life after which a member is gone. */
    private static final int LIMIT = 5;

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

        /** Waits for a line that begins so; what follows there. */
        String awaitLine(String beginning) throws InterruptedException {
            String line = next();
            while (!line.startsWith(beginning)) {
                assertFalse(line.startsWith("equal") || line.startsWith("different"), "it ended before " + beginning);
                line = next();
            }
            return line.substring(beginning.length());
        }

        /** What it says at its end. */
        String last() throws InterruptedException {
            String line = next();
            while (!line.startsWith("equal") && !line.startsWith("different")) {
                line = next();
            }
            return line;
        }

        /** Has it send itself a signal in the middle of a unit. */
        void strike(String signal) throws IOException, InterruptedException {
            write(signal);
            awaitLine("struck in ");
        }

        void write(String line) throws IOException {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
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

    /** One is killed, one is paused for less than its heartbeat limit, one is late. */
    @Test
    void computesTheSameWhenMembersAreKilledPausedAndLate() throws Exception {
        computesTheSame(10, 400, 1, 1);
    }

    /** The same with a pause that is longer than the limit, so that the unit of the paused one is run again. */
    @Test
    void computesTheSameWhenAMemberIsPausedForLong() throws Exception {
        Assumptions.assumeTrue(Boolean.getBoolean("halftone.cluster.long"), "the long form: -Pcluster");
        computesTheSame(60, 240, LIMIT + 4, 2);
    }

    private void computesTheSame(int step, int count, int pause, int again) throws Exception {
        Random random = new Random(3);
        Started killed = start(LIMIT, step, "member");
        Started paused = start(LIMIT, step, "member");
        killed.await("joined");
        paused.await("joined");
        Started late = start(LIMIT, step, "late");
        late.await("ready");
        Started coordinator = start(LIMIT, step, "coordinate", Integer.toString(count));
        coordinator.await("joined");
        coordinator.awaitDone(5 + random.nextInt(10));
        late.write("JOIN");
        killed.strike("KILL");
        late.awaitLine("ran ");
        paused.strike("STOP");   // nobody else has its unit: the job waits for it
        CompletableFuture<Void> resumed = CompletableFuture.runAsync(() -> resume(paused),
            CompletableFuture.delayedExecutor(pause, TimeUnit.SECONDS));
        int units = Integer.parseInt(coordinator.awaitLine("again "));
        assertEquals("equal", coordinator.last());
        assertTrue(units >= again, "units that were lent again: found " + units + "; expected at least " + again);
        assertTrue(late.process().isAlive());
        resumed.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private static void resume(Started paused) {
        try {
            signal("CONT", paused.process());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
