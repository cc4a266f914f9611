package io.halftone.distributor.local.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.distribute.OpenWork;
import io.halftone.distribute.ResultSink;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.distribute.Work;
import io.halftone.distribute.WorkSession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

    @Test
    void throwsWhatAUnitFailedWithOnceNoWorkerRuns() throws IOException {
        CountDownLatch both = new CountDownLatch(2);
        Echo echo = new Echo() {
            @Override
            String run(Unit unit, UnitSource units) {
                both.countDown();
                try {
                    both.await();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
                if (unit.id() == 1) {
                    throw new IllegalStateException("layer: found NaN");
                }
                for (;;) {
                    units.progress(unit, 1, 2);   // until it hears of the failure
                }
            }
        };
        try (WorkSession session = new LocalDistributor().begin(WORK, echo)) {
            assertEquals("layer: found NaN",
                assertThrows(IllegalStateException.class, () -> session.run(units(0, 9), new Results())).getMessage());
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
