package io.halftone.core.internal;

import io.halftone.distribute.Ledger;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.ResultSink;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.distribute.Work;
import io.halftone.distribute.WorkDistributor;
import io.halftone.distribute.WorkSession;
import io.halftone.distribute.Workbench;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs nothing where the job is, and everything in members that know the description alone. Members are killed in the middle of a unit, give results
 * twice, and lose some; others take their places.
 */
final class Elsewhere implements WorkDistributor {
    private final Workbench bench;
    private final int members;
    private final Random random;
    private final AtomicInteger killed = new AtomicInteger();
    private final AtomicInteger lost = new AtomicInteger();
    private final AtomicInteger ran = new AtomicInteger();

    Elsewhere(Workbench bench, int members, long seed) {
        this.bench = bench;
        this.members = members;
        this.random = new Random(seed);
    }

    int killed() {
        return killed.get();
    }

    int lost() {
        return lost.get();
    }

    int ran() {
        return ran.get();
    }

    @Override
    public WorkSession begin(Work work, OpenWork here) {
        return new WorkSession() {
            @Override
            public void run(List<Unit> units, ResultSink sink) throws IOException {
                Map<Integer, Unit> byId = new HashMap<>();
                units.forEach(unit -> byId.put(unit.id(), unit));
                Ledger ledger = new Ledger(units.stream().map(Unit::id).toList(), new Ledger.Terms(1, 1));
                AtomicInteger count = new AtomicInteger();
                AtomicInteger time = new AtomicInteger();
                List<Thread> threads = new java.util.ArrayList<>();
                Map<String, Throwable> failures = new java.util.concurrent.ConcurrentHashMap<>();
                for (int i = 0; i < members; i++) {
                    threads.add(new Thread(() -> {
                        while (!ledger.isDone() && failures.isEmpty()) {
                            String name = "member-" + count.incrementAndGet();
                            try (OpenWork open = bench.open(work.description(), List.of())) {
                                open.serve(0, new Member(name, ledger, byId, sink, time));
                            } catch (Killed e) {
                                ledger.leave(name);
                            } catch (IOException | RuntimeException | Error e) {
                                failures.put(name, e);
                            }
                        }
                    }));
                }
                threads.forEach(Thread::start);
                for (Thread thread : threads) {
                    try {
                        thread.join();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                }
                for (Throwable failure : failures.values()) {
                    throw failure instanceof RuntimeException unchecked ? unchecked : new IllegalStateException(failure);
                }
            }

            @Override
            public void close() {
                // no thread outlives a run
            }
        };
    }

    private synchronized boolean happens(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    /** A member is gone. */
    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final class Member implements UnitSource {
        private final String name;
        private final Ledger ledger;
        private final Map<Integer, Unit> units;
        private final ResultSink sink;
        private final AtomicInteger time;

        Member(String name, Ledger ledger, Map<Integer, Unit> units, ResultSink sink, AtomicInteger time) {
            this.name = name;
            this.ledger = ledger;
            this.units = units;
            this.sink = sink;
            this.time = time;
        }

        @Override
        public Optional<Unit> next() {
            while (!ledger.isDone()) {
                OptionalInt unit = ledger.lend(name, time.get());
                if (unit.isPresent()) {
                    return Optional.of(units.get(unit.getAsInt()));
                }
                Thread.onSpinWait();
            }
            return Optional.empty();
        }

        @Override
        public void finished(Unit unit, byte[] result) throws IOException {
            ran.incrementAndGet();
            if (lost.get() == 0 && happens(3)) {
                lost.incrementAndGet();
                time.incrementAndGet();   // its lease is over
                return;
            }
            boolean first = ledger.settle(unit.id());
            if (sink.accept(unit.id(), result.clone()) != first || sink.accept(unit.id(), result)) {
                throw new AssertionError("unit " + unit.id() + ": found it taken twice");
            }
        }

        @Override
        public void progress(Unit unit, int done, int total) {
            sink.progress(unit.id(), done, total);
            if (killed.get() < 2 && happens(4)) {
                killed.incrementAndGet();
                throw new Killed();
            }
            ledger.renew(name, unit.id(), time.get());
        }
    }
}
