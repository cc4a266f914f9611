package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.distribute.Ledger;
import io.halftone.distribute.ResultSink;
import io.halftone.distribute.Unit;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** A coordinator without workers of its own, and members whose words the test says. */
class ClusterSessionTest {
    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);

    private final Others peers = new Others();
    private final ClusterSession session = new ClusterSession(ToyWork.described(1), Optional.empty(), peers, new Refusals(),
        new Ledger.Terms(600_000, 3), () -> { });

    /** Members that take every offer. */
    private static final class Others implements Peers {
        private final List<Peer> others = new CopyOnWriteArrayList<>(List.of(new Peer(A, "a:1"), new Peer(B, "b:1")));
        private final List<UUID> offered = new CopyOnWriteArrayList<>();

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
            if (Message.of(ByteBuffer.wrap(content)) instanceof Message.Offer) {
                offered.add(life);
            }
            return CompletableFuture.completedFuture(ByteBuffer.wrap(ClusterSession.TAKEN));
        }
    }

    private CompletableFuture<Void> run(List<Unit> units, ResultSink sink) {
        CompletableFuture<Void> run = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                session.run(units, sink);
                run.complete(null);
            } catch (Throwable e) {
                run.completeExceptionally(e);
            }
        });
        thread.setDaemon(true);
        thread.start();
        await(() -> peers.offered.containsAll(List.of(A, B)));
        return run;
    }

    private static void await(BooleanSupplier happened) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!happened.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "it did not happen in 30 s");
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static String failure(CompletableFuture<Void> run) {
        return assertThrows(ExecutionException.class, () -> run.get(30, TimeUnit.SECONDS)).getCause().getMessage();
    }

    private Grant take(UUID life) {
        return Grant.of(ByteBuffer.wrap(session.answer(new Message.Take(session.id(), life, 0))));
    }

    private int lent(UUID life) {
        return assertInstanceOf(Grant.Lent.class, take(life)).unit().id();
    }

    private Message.Done done(UUID life, Unit unit) {
        return new Message.Done(session.id(), life, 0, unit.id(), ToyWork.STEPS, ToyWork.expected(unit).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void failsWhereEveryMemberRefuses() {
        CompletableFuture<Void> run = run(ToyWork.units(0, 3), new ToyWork.Sink());
        session.answer(new Message.Refused(session.id(), A, List.of("format int8: found 2; expected 1")));
        session.answer(new Message.Refused(session.id(), B, List.of("unet: found 00; expected ff", "device: found x; expected y")));
        assertEquals("cluster: calibrate toy: found no member that can run it, and no workers of its own; expected one: member a:1: format int8: "
            + "found 2; expected 1; member b:1: unet: found 00; expected ff; and device: found x; expected y", failure(run));
    }

    @Test
    void failsWhereAUnitFailedAtAllThatRemain() throws Exception {
        List<Unit> units = ToyWork.units(0, 1);
        CompletableFuture<Void> run = run(units, new ToyWork.Sink());
        assertEquals(0, lent(A));
        session.answer(new Message.Failed(session.id(), A, 0, 0, "layer: found NaN; expected finite values"));
        assertInstanceOf(Grant.Later.class, take(A), "b may try yet");
        peers.others.remove(1);
        await(() -> take(A) instanceof Grant.Lent);
        session.answer(new Message.Failed(session.id(), A, 0, 0, "layer: found NaN; expected finite values"));
        assertEquals("member a:1: unit 0: layer: found NaN; expected finite values", failure(run));
    }

    @Test
    void takesUnitsBackAtOnceFromAMemberThatStops() throws Exception {
        List<Unit> units = ToyWork.units(0, 2);
        ToyWork.Sink sink = new ToyWork.Sink();
        CompletableFuture<Void> run = run(units, sink);
        assertEquals(0, lent(A));
        session.answer(new Message.Left(session.id(), A));
        assertInstanceOf(Grant.Later.class, take(A), "it asked before it stopped");
        assertEquals(0, lent(B));
        assertEquals(1, session.state().orElseThrow().again());
        session.answer(done(B, units.get(0)));
        assertEquals(1, lent(B));
        session.answer(done(B, units.get(1)));
        run.get(30, TimeUnit.SECONDS);
        assertEquals(ToyWork.expected(units), sink.results);
    }

    @Test
    void waitsForAResultThatIsBeingTakenAndTakesNoneAfterItsEnd() throws Exception {
        List<Unit> units = ToyWork.units(0, 3);
        CountDownLatch taking = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        List<Integer> taken = new ArrayList<>();
        ToyWork.Sink sink = new ToyWork.Sink();
        CompletableFuture<Void> run = run(units, new ResultSink() {
            @Override
            public boolean accept(int unit, byte[] result) {
                taking.countDown();
                try {
                    goOn.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
                taken.add(unit);
                return true;
            }

            @Override
            public void progress(int unit, int done, int total) {
                // not looked at
            }

            @Override
            public void check() {
                sink.check();
            }
        });
        lent(A);
        lent(B);
        CompletableFuture<Void> brings = CompletableFuture.runAsync(() -> session.answer(done(A, units.get(0))));
        taking.await();
        sink.cancelled = true;
        assertThrows(TimeoutException.class, () -> run.get(800, TimeUnit.MILLISECONDS), "its caller may close the sink now");
        goOn.countDown();
        assertInstanceOf(CancellationException.class, assertThrows(Exception.class, () -> run.get(30, TimeUnit.SECONDS)) instanceof
            ExecutionException wrapped ? wrapped.getCause() : new CancellationException());
        brings.get(30, TimeUnit.SECONDS);
        session.answer(done(B, units.get(1)));
        assertEquals(List.of(0), taken);
        assertInstanceOf(Grant.Over.class, take(B));
        assertEquals("session: found one that is over; expected one that has not failed and is open",
            assertThrows(IllegalStateException.class, () -> session.run(ToyWork.units(3, 4), sink)).getMessage());
    }

    @Test
    void asksAMemberAgainThatWasGone() throws Exception {
        List<Unit> units = ToyWork.units(0, 1);
        CompletableFuture<Void> run = run(units, new ToyWork.Sink());
        assertEquals(0, lent(A));
        peers.others.remove(0);
        await(() -> take(B) instanceof Grant.Lent);
        UUID again = new UUID(0, 3);
        peers.others.add(new Peers.Peer(again, "a:1"));
        await(() -> peers.offered.contains(again));
        assertFalse(run.isDone());
        session.answer(done(B, units.get(0)));
        run.get(30, TimeUnit.SECONDS);
    }
}
