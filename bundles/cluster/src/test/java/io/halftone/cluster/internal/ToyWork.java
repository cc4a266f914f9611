package io.halftone.cluster.internal;

import io.halftone.distribute.OpenWork;
import io.halftone.distribute.RefusalException;
import io.halftone.distribute.ResultSink;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.distribute.Work;
import io.halftone.distribute.Workbench;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Work whose results are easily known: a unit's is the digest of its argument, taken once for each step. */
final class ToyWork implements OpenWork {
    /** Steps of a unit. */
    static final int STEPS = 5;

    private final int workers;
    private final long stepMillis;
    final AtomicInteger ran = new AtomicInteger();
    volatile boolean open = true;
    private Consumer<Unit> atStep = unit -> { };

    ToyWork(int workers, long stepMillis) {
        this.workers = workers;
        this.stepMillis = stepMillis;
    }

    /** Work that takes so long a step. */
    static Work described(long stepMillis) {
        String description = "toy " + stepMillis;
        return new Work("calibrate", "toy", ResultDigests.of(description.getBytes(StandardCharsets.UTF_8)), description);
    }

    static List<Unit> units(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> new Unit(i, "argument " + i)).toList();
    }

    static String expected(Unit unit) {
        String value = unit.argument();
        for (int i = 0; i < STEPS; i++) {
            value = ResultDigests.of(value.getBytes(StandardCharsets.UTF_8));
        }
        return value;
    }

    /** What a sink has to have. */
    static Map<Integer, String> expected(List<Unit> units) {
        Map<Integer, String> all = new TreeMap<>();
        units.forEach(unit -> all.put(unit.id(), expected(unit)));
        return all;
    }

    @Override
    public int workers() {
        return workers;
    }

    @Override
    public void serve(int worker, UnitSource units) throws IOException {
        for (Optional<Unit> unit = units.next(); unit.isPresent(); unit = units.next()) {
            String value = unit.get().argument();
            for (int step = 1; step <= STEPS; step++) {
                sleep(stepMillis);
                atStep.accept(unit.get());
                if (value.equals("poison")) {
                    throw new IllegalStateException("layer: found NaN; expected finite values");
                }
                value = ResultDigests.of(value.getBytes(StandardCharsets.UTF_8));
                units.progress(unit.get(), step, STEPS);
            }
            units.finished(unit.get(), value.getBytes(StandardCharsets.UTF_8));
            ran.incrementAndGet();
        }
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        open = false;
    }

    /** Opens such work; refuses it where a version is given that differs. */
    static final class Bench implements Workbench {
        private final List<String> differences;
        final List<ToyWork> opened = new CopyOnWriteArrayList<>();
        volatile int workers = 1;
        /** Happens once, in the middle of a unit. */
        volatile Consumer<Unit> atNextStep;

        Bench(String... differences) {
            this.differences = List.of(differences);
        }

        @Override
        public OpenWork open(String description, List<String> devices) {
            if (!differences.isEmpty()) {
                throw new RefusalException(differences);
            }
            ToyWork work = new ToyWork(workers, Long.parseLong(description.split(" ")[1]));
            work.atStep = unit -> {
                Consumer<Unit> once = atNextStep;
                atNextStep = null;
                if (once != null) {
                    once.accept(unit);
                }
            };
            opened.add(work);
            return work;
        }

        @Override
        public List<String> devices(List<String> devices) {
            return List.of("a toy");
        }

        int ran() {
            return opened.stream().mapToInt(work -> work.ran.get()).sum();
        }
    }

    /** Keeps results. */
    static final class Sink implements ResultSink {
        final Map<Integer, String> results = new ConcurrentHashMap<>();
        final Map<Integer, Integer> progress = new ConcurrentHashMap<>();
        final AtomicInteger again = new AtomicInteger();
        volatile boolean cancelled;

        @Override
        public boolean accept(int unit, byte[] result) {
            boolean first = results.putIfAbsent(unit, new String(result, StandardCharsets.UTF_8)) == null;
            if (!first) {
                again.incrementAndGet();
            }
            return first;
        }

        @Override
        public void progress(int unit, int done, int total) {
            check();
            progress.merge(unit, done, Math::max);
        }

        @Override
        public void check() {
            if (cancelled) {
                throw new CancellationException("cancelled");
            }
        }
    }
}
