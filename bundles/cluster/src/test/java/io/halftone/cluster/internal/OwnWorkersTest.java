package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.distribute.Ledger;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What fails at a coordinator's own workers is tried by members, as what fails at a member is tried elsewhere. */
class OwnWorkersTest {
    private static final UUID A = new UUID(0, 1);

    private final List<Peers.Peer> others = new CopyOnWriteArrayList<>();
    private final Faulty work = new Faulty();
    private final ToyWork.Sink sink = new ToyWork.Sink();
    private final ClusterSession session = new ClusterSession(ToyWork.described(1), Optional.of(work), new Peers() {
        @Override
        public Peer self() {
            return new Peer(new UUID(0, 0), "here:1");
        }

        @Override
        public List<Peer> others() {
            return List.copyOf(others);
        }

        @Override
        public CompletableFuture<ByteBuffer> ask(UUID life, byte[] content) {
            return CompletableFuture.completedFuture(ByteBuffer.wrap(ClusterSession.TAKEN));
        }
    }, new Refusals(), new Ledger.Terms(600_000, 3), () -> { });

    /** Two workers that fail at some units, or cannot load. */
    private static final class Faulty implements OpenWork {
        private final Set<Integer> bad = ConcurrentHashMap.newKeySet();
        private final Set<Integer> unloadable = ConcurrentHashMap.newKeySet();
        private final List<Integer> tried = new CopyOnWriteArrayList<>();

        @Override
        public int workers() {
            return 2;
        }

        @Override
        public void serve(int worker, UnitSource units) throws IOException {
            if (unloadable.contains(worker)) {
                throw new IllegalStateException("found no memory at " + worker);
            }
            for (Optional<Unit> unit = units.next(); unit.isPresent(); unit = units.next()) {
                tried.add(unit.get().id());
                if (bad.contains(unit.get().id())) {
                    throw new IllegalStateException("layer: found NaN");
                }
                units.finished(unit.get(), ToyWork.expected(unit.get()).getBytes(StandardCharsets.UTF_8));
            }
        }

        @Override
        public void close() {
            // holds nothing
        }
    }

    private CompletableFuture<Void> run(List<Unit> units) {
        return CompletableFuture.runAsync(() -> {
            try {
                session.run(units, sink);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private static String failure(CompletableFuture<Void> run) {
        return assertThrows(ExecutionException.class, () -> run.get(30, TimeUnit.SECONDS)).getCause().getMessage();
    }

    /** Waits for a unit that a member is lent. */
    private Unit lent() {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (true) {
            assertTrue(System.nanoTime() < end, "found no unit in 30 s");
            if (Grant.of(ByteBuffer.wrap(session.answer(new Message.Take(session.id(), A, 0)))) instanceof Grant.Lent lent) {
                return assertInstanceOf(Grant.Lent.class, lent).unit();
            }
            Thread.onSpinWait();
        }
    }

    private void done(Unit unit) {
        session.answer(new Message.Done(session.id(), A, 0, unit.id(), ToyWork.STEPS, ToyWork.expected(unit).getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aMemberTriesWhatFailedHere() throws Exception {
        others.add(new Peers.Peer(A, "a:1"));
        run(List.of()).get(30, TimeUnit.SECONDS);   // offers the work
        work.bad.add(1);
        List<Unit> units = ToyWork.units(0, 4);
        CompletableFuture<Void> run = run(units);
        while (!sink.results.containsKey(1)) {
            done(lent());
        }
        run.get(30, TimeUnit.SECONDS);
        assertEquals(ToyWork.expected(units), sink.results);
        session.close();
    }

    @Test
    void aUnitThatFailedHereAndIsTriedByNobodyEndsTheRunWithItsCause() {
        work.bad.add(1);
        assertEquals("layer: found NaN", failure(run(ToyWork.units(0, 4))));
    }

    @Test
    void aWorkerThatCannotLoadLeavesUnitsToTheOther() throws Exception {
        work.unloadable.add(0);
        List<Unit> units = ToyWork.units(0, 1);
        run(units).get(30, TimeUnit.SECONDS);
        assertEquals(ToyWork.expected(units), sink.results);
        work.unloadable.add(1);
        session.close();
    }

    @Test
    void noWorkerThatCanLoadAndNoMemberEndTheRunWithTheCause() {
        work.unloadable.addAll(List.of(0, 1));
        assertEquals("found no memory at 0", failure(run(ToyWork.units(0, 4))));
        assertEquals(List.of(), work.tried);
    }
}
