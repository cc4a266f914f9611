package io.halftone.distributor.local.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.distribute.OpenWork;
import io.halftone.distribute.ResultSink;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.distribute.Work;
import io.halftone.distribute.WorkSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LocalDistributorTest {
    private static final Work WORK = new Work("calibrate", "model", "0".repeat(64), "");

    /** Results by unit. */
    private static final class Results implements ResultSink {
        private final Map<Integer, String> seen = new ConcurrentHashMap<>();
        private volatile boolean cancelled;

        @Override
        public boolean accept(int unit, byte[] result) {
            return seen.put(unit, new String(result, StandardCharsets.UTF_8)) == null;
        }

        @Override
        public void progress(int unit, int done, int total) {
            check();
        }

        @Override
        public void check() {
            if (cancelled) {
                throw new CancellationException("cancelled");
            }
        }
    }

    /** Says its argument twice; counts what was loaded and who runs. */
    private static class Echo implements OpenWork {
        final AtomicInteger loaded = new AtomicInteger();
        final AtomicInteger running = new AtomicInteger();

        @Override
        public int workers() {
            return 3;
        }

        @Override
        public void serve(int worker, UnitSource units) throws IOException {
            running.incrementAndGet();
            try {
                loaded.incrementAndGet();
                for (Optional<Unit> unit = units.next(); unit.isPresent(); unit = units.next()) {
                    units.finished(unit.get(), run(unit.get(), units).getBytes(StandardCharsets.UTF_8));
                }
            } finally {
                running.decrementAndGet();
            }
        }

        String run(Unit unit, UnitSource units) {
            return unit.argument() + unit.argument();
        }

        @Override
        public void close() {
            throw new AssertionError("closed by its owner, not by a session");
        }
    }

    private static List<Unit> units(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> new Unit(i, "u" + i)).toList();
    }

    /** Units after the first end once all workers are there: quick ones may be done before the last has begun. */
    private static final class Together extends Echo {
        private static final int WORKERS = 3;

        @Override
        String run(Unit unit, UnitSource units) {
            long end = System.nanoTime() + 60_000_000_000L;
            while (unit.id() > 0 && loaded.get() < WORKERS && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            return super.run(unit, units);
        }
    }

    @Test
    void givesEveryResultToTheSink() throws IOException {
        Results results = new Results();
        Echo echo = new Together();
        try (WorkSession session = new LocalDistributor().begin(WORK, echo)) {
            session.run(units(0, 20), results);
            assertEquals(20, results.seen.size());
            assertEquals("u7u7", results.seen.get(7));
            assertEquals(3, echo.loaded.get());
        }
        assertEquals(0, echo.running.get());
    }

    @Test
    void keepsWhatIsLoadedBetweenRuns() throws IOException {
        Results results = new Results();
        Echo echo = new Together();
        try (WorkSession session = new LocalDistributor().begin(WORK, echo)) {
            session.run(units(0, 1), results);
            assertEquals(1, echo.loaded.get());
            session.run(units(1, 9), results);
            session.run(units(9, 30), results);
            session.run(List.of(), results);
        }
        assertEquals(3, echo.loaded.get());
        assertEquals(30, results.seen.size());
    }

    /** Fails as a test says, by unit and worker; counts tries. */
    private abstract static class Faulty extends Echo {
        final List<String> tries = Collections.synchronizedList(new ArrayList<>());

        @Override
        public void serve(int worker, UnitSource units) throws IOException {
            load(worker);
            super.serve(worker, new UnitSource() {
                @Override
                public Optional<Unit> next() throws IOException {
                    Optional<Unit> next = units.next();
                    if (next.isPresent()) {
                        tries.add(next.get().id() + " at " + worker);
                        run(next.get().id(), worker);
                    }
                    return next;
                }

                @Override
                public void finished(Unit unit, byte[] result) throws IOException {
                    units.finished(unit, result);
                }

                @Override
                public void progress(Unit unit, int done, int total) {
                    units.progress(unit, done, total);
                }
            });
        }

        void load(int worker) {
            // all load
        }

        abstract void run(int unit, int worker);
    }

    @Test
    void triesAUnitAtEveryWorkerAndThrowsWhatItFailedWithFirst() throws IOException {
        Faulty faulty = new Faulty() {
            @Override
            void run(int unit, int worker) {
                if (unit == 1) {
                    throw new IllegalStateException("layer: found NaN at " + worker);
                }
            }
        };
        try (WorkSession session = new LocalDistributor().begin(WORK, faulty)) {
            Throwable failure = assertThrows(IllegalStateException.class, () -> session.run(units(0, 9), new Results()));
            assertEquals(0, faulty.running.get());
            List<String> its = faulty.tries.stream().filter(one -> one.startsWith("1 ")).toList();
            assertEquals(List.of("1 at 0", "1 at 1", "1 at 2"), its.stream().sorted().toList());
            assertEquals("layer: found NaN" + its.get(0).substring(1), failure.getMessage());
            assertEquals(2, failure.getSuppressed().length);
        }
    }

    @Test
    void aUnitThatFailedAtOneWorkerIsDoneByAnother() throws IOException {
        Results results = new Results();
        Faulty faulty = new Faulty() {
            @Override
            void run(int unit, int worker) {
                if (worker == 0) {
                    throw new IllegalStateException("found device 0 out of memory");
                }
            }
        };
        try (WorkSession session = new LocalDistributor().begin(WORK, faulty)) {
            session.run(units(0, 1), results);   // the others begin for it
            session.run(units(1, 6), results);
        }
        assertEquals(6, results.seen.size());
        assertTrue(faulty.tries.contains("0 at 0"), faulty.tries.toString());
    }

    @Test
    void aWorkerThatCannotLoadLeavesItsUnitsToTheOthers() throws IOException {
        Results results = new Results();
        AtomicInteger well = new AtomicInteger(2);
        Faulty faulty = new Faulty() {
            @Override
            void load(int worker) {
                if (worker != well.get()) {
                    throw new IllegalStateException("found no memory at " + worker);
                }
            }

            @Override
            void run(int unit, int worker) {
                // all run
            }
        };
        try (WorkSession session = new LocalDistributor().begin(WORK, faulty)) {
            session.run(units(0, 1), results);
            session.run(units(1, 20), results);
        }
        assertEquals(20, results.seen.size());
        well.set(-1);
        try (WorkSession session = new LocalDistributor().begin(WORK, faulty)) {
            Throwable failure = assertThrows(IllegalStateException.class, () -> session.run(units(0, 20), results));
            assertEquals("found no memory at 0", failure.getMessage());
            assertEquals(List.of("found no memory at 1", "found no memory at 2"),
                Arrays.stream(failure.getSuppressed()).map(Throwable::getMessage).toList());
        }
    }

    /** Others have done all units before the last worker has loaded: the next run knows of it. */
    @Test
    void aWorkerThatEndsBetweenRunsIsNotWaitedFor() throws Exception {
        Results results = new Results();
        CountDownLatch done = new CountDownLatch(1);
        CountDownLatch ended = new CountDownLatch(1);
        Echo echo = new Echo() {
            @Override
            public int workers() {
                return 1;
            }

            @Override
            public void serve(int worker, UnitSource units) throws IOException {
                for (int i = 0; i < 2; i++) {
                    Unit unit = units.next().orElseThrow();
                    units.finished(unit, new byte[0]);
                }
                try {
                    done.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                ended.countDown();
                throw new IllegalStateException("found no device any more");
            }
        };
        try (WorkSession session = new LocalDistributor().begin(WORK, echo)) {
            session.run(units(0, 2), results);
            done.countDown();
            ended.await();
            assertEquals("found no device any more",
                assertThrows(IllegalStateException.class, () -> session.run(units(2, 4), results)).getMessage());
        }
    }

    @Test
    void aResultThatCannotBeKeptEndsTheRun() throws IOException {
        Faulty faulty = new Faulty() {
            @Override
            void run(int unit, int worker) {
                // all run
            }
        };
        ResultSink full = new ResultSink() {
            @Override
            public boolean accept(int unit, byte[] result) throws IOException {
                throw new IOException("found no space left");
            }

            @Override
            public void progress(int unit, int done, int total) {
                // of no interest
            }

            @Override
            public void check() {
                // goes on
            }
        };
        try (WorkSession session = new LocalDistributor().begin(WORK, faulty)) {
            assertEquals("found no space left", assertThrows(IOException.class, () -> session.run(units(0, 1), full)).getMessage());
        }
        assertEquals(1, faulty.tries.size(), faulty.tries.toString());
    }

    @Test
    void throwsOnceNoWorkerRuns() throws IOException {
        CountDownLatch both = new CountDownLatch(2);
        Echo echo = new Echo() {
            @Override
            public int workers() {
                return 2;
            }

            @Override
            String run(Unit unit, UnitSource units) {
                both.countDown();
                try {
                    both.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                if (unit.id() == 1) {
                    throw new UncheckedIOException(new IOException("found no picture"));
                }
                for (int i = 0; i < 3 && running.get() > 0; i++) {
                    units.progress(unit, 1, 2);
                }
                return super.run(unit, units);
            }
        };
        try (WorkSession session = new LocalDistributor().begin(WORK, echo)) {
            assertThrows(UncheckedIOException.class, () -> session.run(units(0, 9), new Results()));
            assertEquals(0, echo.running.get());
        }
    }

    @Test
    void stopsWhenTheSinkSaysSo() {
        Results results = new Results();
        Echo echo = new Echo() {
            @Override
            String run(Unit unit, UnitSource units) {
                results.cancelled = true;
                for (;;) {
                    units.progress(unit, 1, 2);
                }
            }
        };
        assertEquals("cancelled", assertThrows(CancellationException.class, () -> {
            try (WorkSession session = new LocalDistributor().begin(WORK, echo)) {
                session.run(units(0, 2), results);
            }
        }).getMessage());
        assertEquals(0, echo.running.get());
    }
}
