package io.halftone.cluster.internal;

import io.halftone.distribute.Ledger;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.ResultSink;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.distribute.Work;
import io.halftone.distribute.WorkSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;

/**
 * Work that this process coordinates. It alone knows which units are done and takes results, so that a side of a cut network has either
 * the whole job or nothing of it. Members that come are offered the work, and units of those that go are lent again. Its own workers run
 * units too.
 */
final class ClusterSession implements WorkSession {
    /** What a member answers to an offer: it works on it, or it does not work for others now. */
    static final byte[] TAKEN = {1};
    static final byte[] NOT_NOW = {0};
    /** What the ledger knows this process by; its workers have a number behind it. */
    private static final String HERE = "here";
    private static final long PAUSE_MILLIS = 500;
    private static final int LEAST_WAIT_MILLIS = 20;

    private final UUID id = UUID.randomUUID();
    private final Work work;
    private final Optional<OpenWork> here;
    private final Peers peers;
    private final Refusals refusals;
    private final Ledger.Terms terms;
    private final Runnable closed;
    private final List<Thread> own = new ArrayList<>();
    /** Own workers that could not load what they need, and why. */
    private final Map<Integer, Throwable> lost = new ConcurrentSkipListMap<>();
    /** Held by whoever lends units to members or takes those of one back: who went is lent nothing any more. */
    private final Roster roster = new Roster();
    private final ResultDigests digests = new ResultDigests();
    private volatile Part part;
    private volatile boolean over;

    /**
     * @param here   the work on this machine; empty if others alone run it
     * @param closed is called when it ends
     */
    ClusterSession(Work work, Optional<OpenWork> here, Peers peers, Refusals refusals, Ledger.Terms terms, Runnable closed) {
        this.work = work;
        this.here = here;
        this.peers = peers;
        this.refusals = refusals;
        this.terms = terms;
        this.closed = closed;
    }

    UUID id() {
        return id;
    }

    @Override
    public void run(List<Unit> units, ResultSink sink) throws IOException {
        if (over) {
            throw new IllegalStateException("session: found one that is over; expected one that has not failed and is open");
        }
        Part now = new Part(units, sink, terms);
        roster.serving().forEach(life -> now.ledger().join(life.toString()));
        if (hasOwn()) {
            now.ledger().join(HERE);
        }
        synchronized (this) {
            part = now;
            notifyAll();
        }
        try {
            do {
                start(units.size() + lost.size());
                sink.check();
                look(now);
            } while (now.awaitEnd(PAUSE_MILLIS));
        } catch (RuntimeException | Error e) {
            now.fail(e);
        }
        synchronized (this) {
            part = null;
        }
        now.close();
        if (now.hasFailed()) {
            end();
            now.rethrow();
        }
    }

    private int ownWorkers() {
        return here.map(OpenWork::workers).orElse(0);
    }

    /** Whether one of its own workers can run units, as far as is known. */
    private boolean hasOwn() {
        return lost.size() < ownWorkers();
    }

    /** So many of its own workers, or all there are. */
    private void start(int count) {
        for (int i = own.size(); i < Math.min(ownWorkers(), count); i++) {
            int worker = i;
            Thread thread = new Thread(() -> work(worker), "halftone-" + work.kind() + "-" + (i + 1));
            own.add(thread);
            thread.start();
        }
    }

    /** Offers the work to members that came, and takes back the units of those that went. Fails if nobody is left to wait for. */
    private void look(Part now) {
        List<Peers.Peer> others = peers.others();
        Set<UUID> there = new HashSet<>();
        others.forEach(peer -> there.add(peer.life()));
        synchronized (roster) {
            roster.keep(there).forEach(life -> now.leaves(life.toString()));
        }
        for (Peers.Peer peer : others) {
            if (roster.isToAsk(peer.life(), millis())) {
                byte[] offer = new Message.Offer(id, peers.self().life(), work.kind(), work.subject(), work.digest(), work.description()).bytes();
                peers.ask(peer.life(), offer).whenComplete((answer, failure) -> {
                    if (failure != null) {
                        roster.forget(peer.life());   // and again the next time
                    } else if (answer.equals(ByteBuffer.wrap(TAKEN))) {
                        synchronized (roster) {
                            if (roster.takes(peer.life(), millis())) {
                                now.ledger().join(peer.life().toString());
                            }
                        }
                    } else {
                        roster.rests(peer.life(), millis());
                    }
                });
            }
        }
        if (!hasOwn() && !lost.isEmpty() && roster.serving().isEmpty()) {
            now.fail(lost.values().iterator().next());
        } else if (here.isEmpty()) {
            roster.stranded(millis()).ifPresent(refusals -> now.fail(new IllegalStateException(
                "cluster: " + work.kind() + " " + work.subject() + ": found no member that can run it, and no workers of its own; expected one: "
                + refusals)));
        }
    }

    /** Answers a member. */
    byte[] answer(Message message) {
        if (message instanceof Message.Take it) {
            return take(it).bytes();
        } else if (message instanceof Message.Done it) {
            done(it);
        } else if (message instanceof Message.Failed it) {
            failed(it);
        } else if (message instanceof Message.Alive it) {
            alive(it);
        } else if (message instanceof Message.Refused it) {
            String refusal = "member " + address(it.life()) + ": " + String.join("; and ", it.differences());
            refusals.add("cluster: " + refusal);
            leaves(it.life(), () -> roster.refuses(it.life(), refusal, millis()));
        } else if (message instanceof Message.Left it) {
            leaves(it.life(), () -> roster.rests(it.life(), millis()));
        }
        return (over ? new Grant.Over() : new Grant.Later(0)).bytes();
    }

    private Grant take(Message.Take it) {
        Part now = part;
        if (over) {
            return new Grant.Over();
        }
        if (now == null) {   // between parts
            return later();
        }
        String worker = worker(it.life(), it.worker());
        Optional<Unit> unit;
        synchronized (roster) {
            unit = roster.serves(it.life(), worker, millis()) ? now.lend(worker) : Optional.empty();
        }
        return unit.<Grant>map(Grant.Lent::new).orElseGet(this::later);
    }

    /** A member works no more: its units wait again. */
    private void leaves(UUID life, Runnable noted) {
        synchronized (roster) {
            noted.run();
            Part now = part;
            if (now != null) {
                now.leaves(life.toString());
            }
        }
    }

    /** The more members, the longer each waits: those that wait cost little, however many they are. */
    private Grant later() {
        return new Grant.Later(LEAST_WAIT_MILLIS + roster.workers());
    }

    private static long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }

    private void done(Message.Done it) {
        Part now = part;
        Optional<String> other = digests.differs(it.unit(), it.result());
        if (other.isPresent()) {
            refusals.add("cluster: member " + address(it.life()) + ": unit " + it.unit() + ": found a result with SHA-256 "
                + ResultDigests.of(it.result()) + "; expected " + other.get() + ", as it had before");
        } else if (now != null && now.has(it.unit())) {
            try {
                // its last beat may have come long before its end
                now.beat(worker(it.life(), it.worker()), new Message.Beat(it.worker(), it.unit(), it.steps(), it.steps()));
                accept(now, it.unit(), it.result());
            } catch (IOException | CancellationException e) {
                now.fail(e);
            } catch (RuntimeException e) {   // it is no result of that unit
                now.failsAt(worker(it.life(), it.worker()), it.unit(), "member " + address(it.life()) + ": " + e.getMessage());
            }
        }
    }

    private void accept(Part now, int unit, byte[] result) throws IOException {
        if (now.accept(unit, result)) {
            digests.add(unit, result);
        }
    }

    private void failed(Message.Failed it) {
        Part now = part;
        if (now != null && now.has(it.unit())) {
            now.failsAt(worker(it.life(), it.worker()), it.unit(), "member " + address(it.life()) + ": unit " + it.unit() + ": " + it.error());
        }
    }

    private void alive(Message.Alive it) {
        roster.heard(it.life(), millis());
        Part now = part;
        if (now != null) {
            it.beats().stream().filter(beat -> now.has(beat.unit())).forEach(beat -> now.beat(worker(it.life(), beat.worker()), beat));
        }
    }

    private String address(UUID life) {
        return peers.others().stream().filter(peer -> peer.life().equals(life)).map(Peers.Peer::address).findFirst().orElse(life.toString());
    }

    private static String worker(UUID life, int worker) {
        return life + "/" + worker;
    }

    /** How far the present part is; empty between parts. */
    Optional<MemberState.JobState> state() {
        return Optional.ofNullable(part).map(now -> now.state(work));
    }

    private void work(int worker) {
        Own units = new Own(HERE + "/" + worker);
        boolean more = true;
        while (more) {
            try {
                here.orElseThrow().serve(worker, units);
                more = false;
            } catch (Throwable e) {
                more = goesOn(worker, units, e);
            }
        }
    }

    /** Whether one of its own workers is to begin again, after what it ended with: its unit is tried elsewhere as any other is. */
    private boolean goesOn(int worker, Own units, Throwable e) {
        Optional<Unit> failed = units.current;
        units.current = Optional.empty();
        Part now = part;
        if (over) {
            return false;
        }
        if (e instanceof CancellationException) {
            if (now != null) {
                now.fail(e);
            }
            return false;
        }
        if (failed.isPresent()) {
            if (now != null && now.has(failed.get().id())) {
                refusals.add("cluster: unit " + failed.get().id() + ": " + e);
                now.failsAt(HERE + "/" + worker, failed.get().id(), e);
                return !now.hasFailed();
            }
            return true;   // others had it first, and the part is over
        }
        lost.put(worker, e);
        refusals.add("cluster: " + work.kind() + " " + work.subject() + ": worker " + (worker + 1) + " here: found " + e + "; expected to load the models");
        if (!hasOwn() && now != null) {
            now.leaves(HERE);   // between parts, the next one does not count on it
        }
        return false;
    }

    private void end() {
        synchronized (this) {
            over = true;
            notifyAll();
        }
        byte[] end = new Message.End(id).bytes();
        roster.lives().forEach(life -> peers.ask(life, end));   // who does not hear it learns it when it asks
        join();
    }

    private void join() {
        boolean interrupted = false;
        for (Thread thread : own) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        if (!over) {
            end();
        }
        closed.run();
    }

    /** Units for a worker of this process. */
    private final class Own implements UnitSource {
        private final String worker;
        /** What it runs; of its thread alone. */
        private Optional<Unit> current = Optional.empty();

        Own(String worker) {
            this.worker = worker;
        }

        @Override
        public Optional<Unit> next() {
            while (true) {
                Part now;
                synchronized (ClusterSession.this) {
                    now = part;
                    if (over) {
                        return Optional.empty();
                    }
                    if (now == null) {
                        pause(ClusterSession.this, 0);
                        continue;
                    }
                }
                now.checkRuns();
                Optional<Unit> unit = now.lend(worker);
                if (unit.isPresent()) {
                    current = unit;
                    return unit;
                }
                synchronized (ClusterSession.this) {
                    if (part == now && !over) {
                        pause(ClusterSession.this, LEAST_WAIT_MILLIS);   // others run what is left, and may be gone
                    }
                }
            }
        }

        @Override
        public void finished(Unit unit, byte[] result) throws IOException {
            Part now = part;
            if (now != null && now.has(unit.id())) {   // otherwise others had it first, and the part is over
                try {
                    accept(now, unit.id(), result);
                } catch (IOException | UncheckedIOException e) {
                    now.fail(e);   // the unit is well, and the place for its result is not
                    throw e;
                }
            }
            current = Optional.empty();
        }

        @Override
        public void progress(Unit unit, int done, int total) {
            Part now = part;
            if (now != null && now.has(unit.id())) {
                now.beat(worker, new Message.Beat(0, unit.id(), done, total));
                now.checkRuns();
            }
            if (over) {
                throw new CancellationException("the work is over");
            }
        }
    }

    private static void pause(Object lock, long millis) {
        try {
            lock.wait(millis);
        } catch (InterruptedException e) {   // nobody interrupts a worker
            throw new IllegalStateException(e);
        }
    }
}
