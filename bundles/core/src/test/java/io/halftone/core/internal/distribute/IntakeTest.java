package io.halftone.core.internal.distribute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.files.Staging;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntakeTest {
    private static final int SIZE = 60;
    private static final int BOUND = 100;

    @TempDir
    Path folder;

    /** Sums of results by unit, taken once a latch is open; counts those that are taken at a time. */
    private static final class Sums implements Intake.Taker {
        private final Map<Integer, Integer> sums = new ConcurrentHashMap<>();
        private final CountDownLatch open = new CountDownLatch(1);
        private final CountDownLatch begun = new CountDownLatch(1);
        private final AtomicInteger running = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();

        @Override
        public void check(int unit, byte[] result) {
            if (result.length != SIZE) {
                throw new IllegalArgumentException("result: found " + result.length + " bytes; expected " + SIZE);
            }
        }

        @Override
        public void take(int unit, byte[] result) throws IOException {
            check(unit, result);
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            begun.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            running.decrementAndGet();
            if (result[0] < 0) {
                throw new IOException("unit " + unit + ": found no space");
            }
            int sum = 0;
            for (byte b : result) {
                sum += b;
            }
            sums.merge(unit, sum, Integer::sum);
        }
    }

    private static byte[] result(int unit) {
        byte[] bytes = new byte[SIZE];
        bytes[0] = (byte) unit;
        return bytes;
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> file.getFileName().toString().startsWith("unit-")).toList();
        }
    }

    private static void occupy(Intake intake, Sums sums, int unit) throws Exception {
        new Thread(() -> {
            try {
                intake.add(unit, result(unit));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }).start();
        sums.begun.await();
    }

    @Test
    void keepsResultsBeyondItsBoundInFilesAndTakesEachOnce() throws Exception {
        Sums sums = new Sums();
        try (Intake intake = new Intake(folder, BOUND, 1, sums)) {
            occupy(intake, sums, 0);
            for (int unit = 1; unit < 50; unit++) {
                assertTrue(intake.add(unit, result(unit)), "unit " + unit);   // returns although none is taken
                assertFalse(intake.add(unit, result(unit)), "unit " + unit);
                assertTrue(intake.held() <= BOUND, "found " + intake.held() + " bytes held");
            }
            assertFalse(intake.add(0, result(0)), "it is being taken");
            assertEquals(49, files().size());
            sums.open.countDown();
            intake.finish();
            assertEquals(0, intake.waiting());
            assertEquals(List.of(), files());
        }
        Map<Integer, Integer> expected = new TreeMap<>();
        for (int unit = 0; unit < 50; unit++) {
            expected.put(unit, unit);
        }
        assertEquals(expected, new TreeMap<>(sums.sums));
        assertEquals(1, sums.most.get(), "taken at a time");
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void takesOneThatIsLargerThanItsBoundFromMemory() throws IOException {
        Sums sums = new Sums();
        sums.open.countDown();
        try (Intake intake = new Intake(folder, 1, 1, sums)) {
            assertTrue(intake.add(7, result(7)));
        }
        assertEquals(Map.of(7, 7), sums.sums);
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void refusesWhatIsNoResultWhetherItWaitsOrNotAndTakesAnotherOne() throws Exception {
        Sums sums = new Sums();
        try (Intake intake = new Intake(folder, BOUND, 1, sums)) {
            occupy(intake, sums, 0);
            assertEquals("result: found 61 bytes; expected 60",
                assertThrows(IllegalArgumentException.class, () -> intake.add(1, new byte[SIZE + 1])).getMessage());
            assertTrue(intake.add(1, result(1)));
            sums.open.countDown();
            intake.finish();
            assertThrows(IllegalArgumentException.class, () -> intake.add(2, new byte[1]));
            assertTrue(intake.add(2, result(2)));
        }
        assertEquals(Map.of(0, 0, 1, 1, 2, 2), sums.sums);
    }

    @Test
    void saysWhatAResultThatWaitedFailedWith() throws Exception {
        Sums sums = new Sums();
        try (Intake intake = new Intake(folder, BOUND, 1, sums)) {
            occupy(intake, sums, 0);
            intake.add(1, result(-1));
            intake.add(2, result(2));
            intake.check();
            sums.open.countDown();
            assertEquals("unit 1: found no space", assertThrows(IOException.class, intake::finish).getMessage());
            assertEquals("unit 1: found no space", assertThrows(UncheckedIOException.class, intake::check).getMessage());
            assertThrows(UncheckedIOException.class, () -> intake.add(3, result(3)));
        }
        assertEquals(List.of(), files());
    }

    /** A process that is killed while results wait. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] folder) throws Exception {
            Sums sums = new Sums();
            Intake intake = new Intake(Path.of(folder[0]), BOUND, 1, sums);
            occupy(intake, sums, 0);
            intake.add(1, result(1));
            Runtime.getRuntime().halt(9);
        }
    }

    @Test
    void filesOfAKilledProcessGoWithTheNextWriter() throws Exception {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:TieredStopAtLevel=1", "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), Victim.class.getName(), folder.toString()));
        assertEquals(9, new ProcessBuilder(command).inheritIO().start().waitFor());
        assertEquals(1, files().size(), "left by the victim");
        Staging.in(folder).close();
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }
}
