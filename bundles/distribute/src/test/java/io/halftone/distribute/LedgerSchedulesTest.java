package io.halftone.distribute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Short works under every mixture of what may happen: members fail, leave with a word or without one, take the work and never ask, come late and
 * again under another name; words are lost, late or said twice; results are refused. As long as one member goes on asking, each ends.
 */
class LedgerSchedulesTest {
    private static final int SCHEDULES = 4_000;
    private static final long LEASE = 60;
    private static final int ATTEMPTS = 3;
    /** Units, times attempts, times what an attempt may take until it is noticed: two leases. Members ask every 10. */
    private static final long LONGEST = 40_000;

    /** A worker: how often what goes wrong with it, in a hundred. */
    private static final class Worker {
        private final String name;
        private final int fails;
        private final int leaves;
        private final int silent;
        private OptionalInt unit = OptionalInt.empty();
        private long busyUntil;
        private boolean gone;

        Worker(String name, Random random, boolean lasting) {
            this.name = name;
            this.fails = random.nextInt(3) == 0 ? 100 : random.nextInt(60);
            this.leaves = lasting ? 0 : random.nextInt(20);
            this.silent = lasting ? 0 : random.nextInt(20);
        }
    }

    /** One work from its beginning to its end. */
    private static final class Schedule {
        private final Random random;
        private final int units;
        private final Ledger ledger;
        private final List<Worker> workers = new ArrayList<>();
        private final List<Runnable> late = new ArrayList<>();
        private final Set<Integer> taken = new HashSet<>();
        private int lives;
        private boolean givenUp;

        Schedule(long seed) {
            random = new Random(seed);
            units = 1 + random.nextInt(6);
            ledger = new Ledger(IntStream.range(0, units).boxed().toList(), new Ledger.Terms(LEASE, ATTEMPTS));
            come(true);
            for (int i = random.nextInt(4); i > 0; i--) {
                come(false);
            }
            for (int i = random.nextInt(3); i > 0; i--) {
                ledger.join("never asks " + i);
            }
        }

        private void come(boolean lasting) {
            String life = "life " + lives++;
            for (int i = random.nextInt(2); i >= 0; i--) {
                workers.add(new Worker(life + "/" + i, random, lasting));
            }
            ledger.join(life);
        }

        boolean one(int in) {
            return random.nextInt(in) == 0;
        }

        /** The time at which it ended. */
        long run() {
            long now = 0;
            for (; !ledger.isDone() && !givenUp && now < LONGEST; now += 10) {
                for (Worker worker : List.copyOf(workers)) {
                    step(worker, now);
                }
                if (one(20) && !late.isEmpty()) {
                    late.remove(random.nextInt(late.size())).run();
                }
            }
            return now;
        }

        private void step(Worker worker, long now) {
            if (worker.gone || givenUp) {
                return;
            }
            if (worker.unit.isEmpty()) {
                worker.unit = ledger.lend(worker.name, now);
                worker.busyUntil = now + random.nextInt(80);
                if (one(50)) {
                    worker.unit = OptionalInt.empty();   // the answer was lost
                }
            } else if (random.nextInt(100) < worker.leaves) {
                leave(worker);
            } else if (random.nextInt(100) < worker.silent) {
                worker.gone = true;
            } else if (now < worker.busyUntil) {
                if (!one(4)) {
                    ledger.renew(worker.name, worker.unit.getAsInt(), now);
                }
            } else {
                int unit = worker.unit.getAsInt();
                worker.unit = OptionalInt.empty();
                say(random.nextInt(100) < worker.fails ? () -> fails(worker.name, unit) : () -> taken(unit));
            }
        }

        /** A word arrives, or is lost, comes twice, comes late. */
        private void say(Runnable word) {
            if (!one(10)) {
                word.run();
            }
            if (one(5)) {
                word.run();
            }
            if (one(5)) {
                late.add(word);
            }
        }

        private void fails(String name, int unit) {
            givenUp |= ledger.fails(name, unit);
        }

        private void taken(int unit) {
            assertEquals(taken.add(unit), ledger.settle(unit), "unit " + unit);
        }

        private void leave(Worker worker) {
            String life = worker.name.substring(0, worker.name.indexOf('/'));
            workers.stream().filter(one -> one.name.startsWith(life + "/")).forEach(one -> one.gone = true);
            ledger.leave(life);
            if (one(2)) {
                come(false);
            }
        }
    }

    @Test
    void everyScheduleEndsInAllResultsOrIsGivenUp() {
        int done = 0;
        for (long seed = 0; seed < SCHEDULES; seed++) {
            Schedule schedule = new Schedule(seed);
            long end = schedule.run();
            assertTrue(end < LONGEST, "seed " + seed + ": found no end; " + schedule.ledger.waiting() + " wait, " + schedule.ledger.lent() + " are lent");
            if (!schedule.givenUp) {
                assertEquals(schedule.units, schedule.taken.size(), "seed " + seed);
                done++;
            }
        }
        assertTrue(done > SCHEDULES / 10 && done < SCHEDULES * 9 / 10, "found " + done + " of " + SCHEDULES + " that were not given up");
    }
}
