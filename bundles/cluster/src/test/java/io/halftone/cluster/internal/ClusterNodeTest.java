package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.distribute.Ledger;
import io.halftone.distribute.Unit;
import io.halftone.distribute.WorkSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes of one process that find each other over loopback. */
class ClusterNodeTest {
    private static final String SECRET = "a secret of the tests";
    private static final Ledger.Terms TERMS = new Ledger.Terms(20_000, 3);

    private final List<ClusterNode> nodes = new ArrayList<>();
    private final int port = Ports.free(4);

    private ClusterNode node(String name, String secret, ToyWork.Bench bench) {
        ClusterNode node = new ClusterNode(new ClusterSettings(name, secret, List.of(), false, "127.0.0.1", port, 4, 20, true,
            new Shift.Crew(List.of(), 0)), bench, TERMS);
        nodes.add(node);
        return node;
    }

    private ClusterNode node(ToyWork.Bench bench) {
        return node("tests", SECRET, bench);
    }

    @AfterEach
    void close() {
        nodes.forEach(ClusterNode::close);
    }

    private static void await(BooleanSupplier happened) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!happened.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "it did not happen in 30 s");
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void sharesUnitsAmongMembersThatComeAndGo() throws Exception {
        ToyWork.Bench first = new ToyWork.Bench();
        ToyWork.Bench late = new ToyWork.Bench();
        ClusterNode coordinator = node(new ToyWork.Bench());
        coordinator.join();   // the oldest, which says who is there, stays
        ClusterNode member = node(first);
        member.work();
        List<Unit> units = ToyWork.units(0, 60);
        ToyWork.Sink sink = new ToyWork.Sink();
        ToyWork here = new ToyWork(1, 10);
        try (WorkSession session = coordinator.begin(ToyWork.described(10), here)) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(() -> {
                try {
                    session.run(units, sink);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            await(() -> first.ran() > 1);
            ClusterNode second = node(late);
            second.work();
            await(() -> late.ran() > 1);
            member.close();   // in the middle of a unit
            run.get(30, TimeUnit.SECONDS);
            assertEquals(ToyWork.expected(units), sink.results);
            assertEquals(0, sink.again.get());
            assertTrue(sink.progress.values().stream().allMatch(steps -> steps == ToyWork.STEPS), sink.progress.toString());
            assertEquals(units.size(), sink.progress.size());
            // another part of the same session: what is open stays open
            List<Unit> more = ToyWork.units(60, 160);
            int before = late.ran();
            session.run(more, sink);
            assertTrue(late.ran() > before, "the member that stayed ran none of the second part");
            assertEquals(1, late.opened.size());
            assertTrue(late.opened.get(0).open);
        }
        await(() -> !late.opened.get(0).open);
        assertTrue(here.open, "closed what is its caller's");
    }

    @Test
    void refusesAnotherSecretByName() {
        node(new ToyWork.Bench()).join();
        ClusterNode other = node("tests", "another secret entirely", new ToyWork.Bench());
        String message = assertThrows(IllegalStateException.class, other::join).getMessage();
        assertEquals("cluster: member at 127.0.0.1:" + port + ": found a cluster tests with another secret; expected one with the same", message);
        await(() -> nodes.get(0).state().refusals().contains(
            "cluster: process at 127.0.0.1: found another secret; expected that of cluster tests"));
        assertEquals(1, nodes.get(0).members().size());
    }

    @Test
    void joinsOnceThoseAreGoneThatRefusedIt() {
        ClusterNode first = node("tests", "another secret entirely", new ToyWork.Bench());
        first.join();
        ClusterNode other = node(new ToyWork.Bench());
        assertThrows(IllegalStateException.class, other::join);
        first.close();
        assertEquals(List.of(), other.join().others());
    }

    @Test
    void takesUnitsBackFromAMemberThatStopsAndStaysConnected() throws Exception {
        ToyWork.Bench bench = new ToyWork.Bench();
        ClusterNode member = node(bench);
        member.work();
        ClusterNode coordinator = node(new ToyWork.Bench());
        List<Unit> units = ToyWork.units(0, 20);
        ToyWork.Sink sink = new ToyWork.Sink();
        try (WorkSession session = coordinator.begin(ToyWork.described(40), new ToyWork(1, 40))) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(() -> {
                try {
                    session.run(units, sink);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            await(() -> !member.state().doing().isEmpty());
            member.rest();
            // and long before the lease of 20 s is over
            await(() -> coordinator.state().jobs().stream().anyMatch(job -> job.again() == 1) || run.isDone());
            run.get(15, TimeUnit.SECONDS);
            assertEquals(ToyWork.expected(units), sink.results);
            assertEquals(1, member.join().others().size());
        }
    }

    @Test
    void refusesAnotherClusterByName() {
        node(new ToyWork.Bench()).join();
        ClusterNode other = node("others", SECRET, new ToyWork.Bench());
        String message = assertThrows(IllegalStateException.class, other::join).getMessage();
        assertEquals("cluster: member at 127.0.0.1:" + port + ": found a cluster that is not others; expected one of that name", message);
    }

    @Test
    void namesWhatDiffersAtAMember() throws Exception {
        String version = "plugin io.halftone.collector.max: found 0.2.0; expected 0.1.0";
        String digest = "unet: found SHA-256 00ff; expected ff00";
        node(new ToyWork.Bench(version, digest)).work();
        ClusterNode coordinator = node(new ToyWork.Bench());
        List<Unit> units = ToyWork.units(0, 20);
        ToyWork.Sink sink = new ToyWork.Sink();
        try (WorkSession session = coordinator.begin(ToyWork.described(10), new ToyWork(1, 10))) {
            session.run(units, sink);
        }
        assertEquals(ToyWork.expected(units), sink.results);
        assertEquals(List.of("cluster: member 127.0.0.1:" + port + ": " + version + "; and " + digest), coordinator.state().refusals());
        assertEquals(List.of("cluster: calibrate toy: " + version + "; and " + digest), nodes.get(0).state().refusals());
    }

    @Test
    void failsWithWhatAUnitFailsWith() throws Exception {
        node(new ToyWork.Bench()).work();
        ClusterNode coordinator = node(new ToyWork.Bench());
        List<Unit> units = new ArrayList<>(ToyWork.units(0, 10));
        units.add(3, new Unit(99, "poison"));
        try (WorkSession session = coordinator.begin(ToyWork.described(1), new ToyWork(1, 1))) {
            String message = assertThrows(IllegalStateException.class, () -> session.run(units, new ToyWork.Sink())).getMessage();
            assertTrue(message.endsWith("layer: found NaN; expected finite values"), message);
        }
    }

    @Test
    void stopsEverywhereWhenTheJobIsCancelled() throws Exception {
        ToyWork.Bench bench = new ToyWork.Bench();
        node(bench).work();
        ClusterNode coordinator = node(new ToyWork.Bench());
        ToyWork.Sink sink = new ToyWork.Sink();
        try (WorkSession session = coordinator.begin(ToyWork.described(20), new ToyWork(1, 20))) {
            CompletableFuture.runAsync(() -> {
                await(() -> bench.ran() > 0);
                sink.cancelled = true;
            });
            assertThrows(CancellationException.class, () -> session.run(ToyWork.units(0, 10_000), sink));
        }
        await(() -> !bench.opened.get(0).open);
        assertFalse(sink.progress.isEmpty());
    }

    @Test
    void showsMembersDevicesUnitsAndJobs() throws Exception {
        ToyWork.Bench bench = new ToyWork.Bench();
        ClusterNode member = node(bench);
        member.work();
        ClusterNode coordinator = node(new ToyWork.Bench());
        ToyWork.Sink sink = new ToyWork.Sink();
        try (WorkSession session = coordinator.begin(ToyWork.described(20), new ToyWork(1, 20))) {
            CompletableFuture<Void> run = CompletableFuture.runAsync(() -> {
                try {
                    session.run(ToyWork.units(0, 100), sink);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            await(() -> bench.ran() > 1);
            List<ClusterNode.Listed> listed = member.members();
            assertEquals(2, listed.size());
            MemberState other = listed.get(1).state().orElseThrow();
            assertEquals(List.of("a toy"), other.devices());
            MemberState.JobState job = other.jobs().get(0);
            assertEquals("toy", job.subject());
            assertEquals(100, job.total());
            assertTrue(job.done() > 0);
            await(() -> member.state().doing().stream().anyMatch(line -> line.matches("calibrate toy: unit \\d+, \\d of 5 steps")));
            sink.cancelled = true;
            assertThrows(CompletionException.class, run::join);
        }
    }
}
