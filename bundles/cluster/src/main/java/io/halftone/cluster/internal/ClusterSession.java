package io.halftone.cluster.internal;

import io.halftone.distribute.Ledger;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.ResultSink;
import io.halftone.distribute.Unit;
import io.halftone.distribute.Work;
import io.halftone.distribute.WorkSession;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
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
    /** How long a worker waits before it asks again for a unit. */
    static final int LEAST_WAIT_MILLIS = 20;
    private static final long PAUSE_MILLIS = 500;

    private final UUID id = UUID.randomUUID();
    private final Work work;
    private final OwnWorkers own;
    private final Peers peers;
    private final Refusals refusals;
    private final Ledger.Terms terms;
    private final Runnable closed;
    /** Held by whoever lends units to members or takes those of one back: who went is lent nothing any more. */
    private final Roster roster = new Roster();
    private final ResultDigests digests = new ResultDigests();
    private final CurrentPart current = new CurrentPart();

    /**
     * @param here   the work on this machine; empty if others alone run it
     * @param closed is called when it ends
     */
    ClusterSession(Work work, Optional<OpenWork> here, Peers peers, Refusals refusals, Ledger.Terms terms, Runnable closed) {
        this.work = work;
        this.own = new OwnWorkers(work, here, current, refusals);
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
        if (current.isOver()) {
            throw new IllegalStateException("session: found one that is over; expected one that has not failed and is open");
        }
        Part now = new Part(units, sink, terms, digests);
        roster.serving().forEach(life -> now.ledger().join(life.toString()));
        own.join(now);
        current.begin(now);
        try {
            do {
                own.start(units.size());
                sink.check();
                look(now);
            } while (now.awaitEnd(PAUSE_MILLIS));
        } catch (RuntimeException | Error e) {
            now.fail(e);
        }
        current.end();
        now.close();
        if (now.hasFailed()) {
            end();
            now.rethrow();
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
        Optional<Throwable> failure = own.failure();
        if (failure.isPresent() && roster.serving().isEmpty()) {
            now.fail(failure.get());
        } else if (!own.isOpen()) {
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
        return (current.isOver() ? new Grant.Over() : new Grant.Later(0)).bytes();
    }

    private Grant take(Message.Take it) {
        Optional<Part> now = current.get();
        if (current.isOver()) {
            return new Grant.Over();
        }
        if (now.isEmpty()) {   // between parts
            return later();
        }
        String worker = worker(it.life(), it.worker());
        Optional<Unit> unit;
        synchronized (roster) {
            unit = roster.serves(it.life(), worker, millis()) ? now.get().lend(worker) : Optional.empty();
        }
        return unit.<Grant>map(Grant.Lent::new).orElseGet(this::later);
    }

    /** A member works no more: its units wait again. */
    private void leaves(UUID life, Runnable noted) {
        synchronized (roster) {
            noted.run();
            current.get().ifPresent(now -> now.leaves(life.toString()));
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
        Optional<Part> part = part(it.unit());
        Optional<String> other = digests.differs(it.unit(), it.result());
        if (other.isPresent()) {
            refusals.add("cluster: member " + address(it.life()) + ": unit " + it.unit() + ": found a result with SHA-256 "
                + ResultDigests.of(it.result()) + "; expected " + other.get() + ", as it had before");
        } else if (part.isPresent()) {
            Part now = part.get();
            try {
                // its last beat may have come long before its end
                now.beat(worker(it.life(), it.worker()), new Message.Beat(it.worker(), it.unit(), it.steps(), it.steps()));
                now.accept(it.unit(), it.result());
            } catch (IOException | CancellationException e) {
                now.fail(e);
            } catch (RuntimeException e) {   // it is no result of that unit
                now.failsAt(worker(it.life(), it.worker()), it.unit(), "member " + address(it.life()) + ": " + e.getMessage());
            }
        }
    }

    private void failed(Message.Failed it) {
        part(it.unit()).ifPresent(now -> now.failsAt(worker(it.life(), it.worker()), it.unit(),
            "member " + address(it.life()) + ": unit " + it.unit() + ": " + it.error()));
    }

    private void alive(Message.Alive it) {
        roster.heard(it.life(), millis());
        current.get().ifPresent(now -> it.beats().stream().filter(beat -> now.has(beat.unit()))
            .forEach(beat -> now.beat(worker(it.life(), beat.worker()), beat)));
    }

    /** The part that runs, if the unit is one of its own. */
    private Optional<Part> part(int unit) {
        return current.get().filter(now -> now.has(unit));
    }

    private String address(UUID life) {
        return peers.others().stream().filter(peer -> peer.life().equals(life)).map(Peers.Peer::address).findFirst().orElse(life.toString());
    }

    private static String worker(UUID life, int worker) {
        return life + "/" + worker;
    }

    /** How far the present part is; empty between parts. */
    Optional<MemberState.JobState> state() {
        return current.get().map(now -> now.state(work));
    }

    private void end() {
        current.endSession();
        byte[] end = new Message.End(id).bytes();
        roster.lives().forEach(life -> peers.ask(life, end));   // who does not hear it learns it when it asks
        own.awaitEnd();
    }

    @Override
    public void close() {
        if (!current.isOver()) {
            end();
        }
        closed.run();
    }
}
