package io.halftone.core.internal.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.distribute.Ledger;
import io.halftone.ops.EagerOps;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import io.halftone.quant.Statistics;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A thousand members and a coordinator, in simulated time, with what lends and gathers in earnest. Members are killed, are paused for a minute, join
 * late, fail at units, send results twice, and some results are lost on the way. No batch is lost or counted twice, and the end is the same value.
 */
class ThousandMembersTest {
    private static final int MEMBERS = 1_000;
    private static final int LATE = 300;
    private static final int BATCHES = 1_500;
    private static final long LEASE = 10_000;
    private static final long HEARTBEAT = 500;
    private static final long PAUSE = 60_000;
    private static final Map<Site, Collector> SITES = new LinkedHashMap<>();

    static {
        SITES.put(new Site("a", Slot.INPUT), new Sums());
        SITES.put(new Site("b", Slot.INPUT), new Sums());
    }

    /** A number of batches, a sum and a maximum. */
    private static final class Sums implements Collector {
        @Override
        public <T> Fold<T> fold(EagerOps<T> ops, Request request, long batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Statistics merge(Statistics a, Statistics b) {
            long[] one = a.counts().get("n, sum");
            long[] other = b.counts().get("n, sum");
            return new Statistics(Map.of("n, sum", new long[] {one[0] + other[0], one[1] + other[1]}),
                Map.of("max", new float[] {Math.max(a.values().get("max")[0], b.values().get("max")[0])}));
        }

        @Override
        public Range range(Statistics statistics, Request request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String explain(Statistics statistics, Request request) {
            throw new UnsupportedOperationException();
        }
    }

    private static byte[] result(int batch) {
        Map<Site, Statistics> seen = new LinkedHashMap<>();
        SITES.keySet().forEach(site -> {
            long value = Seeds.of(site.layer().charAt(0), batch) >>> 20;
            seen.put(site, new Statistics(Map.of("n, sum", new long[] {1, value}), Map.of("max", new float[] {value})));
        });
        return StatisticsBytes.of(seen);
    }

    /** Something that happens; of one time, in the order in which it was planned. */
    private record Event(long time, long order, Runnable what) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return time != other.time ? Long.compare(time, other.time) : Long.compare(order, other.order);
        }
    }

    /** The world: members, the wires between, and the coordinator. */
    private static final class World {
        private final Random random;
        private final PriorityQueue<Event> events = new PriorityQueue<>();
        private final Ledger ledger = new Ledger(IntStream.range(0, BATCHES).boxed().toList(), new Ledger.Terms(LEASE, 3));
        private final Gathered gathered = new Gathered(PartialStatistics.none("d", BATCHES), SITES.keySet(), SITES::get);
        private final Map<String, Integer> happened = new HashMap<>();
        private long now;
        private long order;
        private boolean givenUp;

        World(long seed) {
            random = new Random(seed);
        }

        void in(long millis, Runnable what) {
            events.add(new Event(now + millis, order++, what));
        }

        void count(String what) {
            happened.merge(what, 1, Integer::sum);
        }

        boolean one(int in) {
            return random.nextInt(in) == 0;
        }

        long wire() {
            return 1 + random.nextInt(50);
        }

        void run() {
            for (int i = 0; i < MEMBERS; i++) {
                Member member = new Member("m" + i);
                in(i < LATE ? random.nextInt(20_000) : random.nextInt(100), member::ask);
            }
            while (!ledger.isDone() && !givenUp) {
                Event event = events.remove();
                now = event.time();
                event.what().run();
            }
        }

        private void arrives(int unit, byte[] result) {
            boolean first = ledger.settle(unit);
            assertEquals(first, gathered.add(unit, StatisticsBytes.read(result)), "batch " + unit);
            count(first ? "taken" : "left aside");
        }

        private final class Member {
            private final String name;
            private final boolean sick = one(200);

            Member(String name) {
                this.name = name;
            }

            void ask() {
                in(wire(), () -> {
                    OptionalInt unit = ledger.lend(name, now);
                    in(wire(), unit.isPresent() ? () -> step(unit.getAsInt(), 2 + random.nextInt(5)) : () -> in(1_000, this::ask));
                });
            }

            private void step(int unit, int left) {
                if (one(100)) {
                    count("killed");
                    if (one(2)) {   // of the others, only their silence tells
                        in(random.nextInt(20_000), () -> ledger.leave(name));
                    }
                } else if (one(200)) {
                    count("paused");
                    in(PAUSE, () -> step(unit, left));
                } else if (sick && one(3)) {
                    count("failed");
                    in(wire(), () -> givenUp |= ledger.fails(name, unit));
                    in(wire(), this::ask);
                } else if (left == 0) {
                    finish(unit);
                } else {
                    in(wire(), () -> ledger.renew(name, unit, now));
                    in(HEARTBEAT, () -> step(unit, left - 1));
                }
            }

            private void finish(int unit) {
                byte[] result = result(unit);
                if (one(20)) {
                    count("lost");
                } else {
                    in(wire(), () -> arrives(unit, result));
                }
                if (one(10)) {
                    count("twice");
                    in(wire() + random.nextInt(5_000), () -> arrives(unit, result));
                }
                in(0, this::ask);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void noBatchIsLostOrCountedTwice(long seed) {
        World world = new World(seed);
        world.run();
        for (String what : List.of("killed", "paused", "failed", "lost", "twice", "left aside")) {
            assertTrue(world.happened.getOrDefault(what, 0) > 0, what + ": found none in " + world.happened);
        }
        assertEquals(BATCHES, world.happened.get("taken"));
        assertEquals(BATCHES, world.ledger.done());
        PartialStatistics found = world.gathered.statistics();
        assertTrue(found.isWhole());
        Gathered expected = new Gathered(PartialStatistics.none("d", BATCHES), SITES.keySet(), SITES::get);
        IntStream.range(0, BATCHES).forEach(batch -> expected.add(batch, StatisticsBytes.read(result(batch))));
        assertEquals(expected.statistics(), found);
        assertEquals(new TreeSet<>(IntStream.range(0, BATCHES).boxed().toList()), found.batches());
        // undisturbed: two rounds of at most 3 s; a lost result or a silent member costs a lease each time
        assertTrue(world.now < 120_000, "found " + world.now + " ms");
    }
}
