package io.halftone.cluster.internal;

import io.halftone.distribute.OpenWork;
import io.halftone.distribute.RefusalException;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.distribute.Workbench;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A session of another member, as this one works on it: opens the work, takes units until there are no more, and brings results. A result
 * waits until the coordinator can be reached again; a coordinator that cannot be for long ends it.
 */
final class Shift implements Runnable {
    private static final long BEAT_MILLIS = 1_000;
    private static final long RETRY_MILLIS = 500;
    /** A unit that has not moved for so long counts as dead, although its process lives: others may run it. */
    private static final long STALLED_MINUTES = 10;

    private final Message.Offer offer;
    private final Workbench workbench;
    private final Crew crew;
    private final Peers peers;
    private final CoordinatorLink coordinator;
    private final Refusals refusals;
    private final long patience;
    private final AtomicLong finished;
    private final List<Worker> workers = new ArrayList<>();
    private volatile boolean begun;
    private volatile boolean ended;

    /**
     * What a member works with.
     *
     * @param devices to compute on; empty for the configured one
     * @param most    workers; 0 for as many as the devices or the processors allow
     */
    record Crew(List<String> devices, int most) {
        Crew {
            devices = List.copyOf(devices);
        }
    }

    /**
     * @param patience seconds to wait for a coordinator that cannot be reached
     * @param finished counts units
     */
    Shift(Message.Offer offer, Workbench workbench, Crew crew, Peers peers, Refusals refusals, long patience, AtomicLong finished) {
        this.offer = offer;
        this.workbench = workbench;
        this.crew = crew;
        this.peers = peers;
        this.refusals = refusals;
        this.patience = patience;
        this.finished = finished;
        this.coordinator = new CoordinatorLink(peers, offer.life());
    }

    /** The coordinator is still there, perhaps after it was gone for a while and has another life. */
    void renew(UUID life) {
        coordinator.renew(life);
    }

    /** Stops at the next call of a model. */
    void end() {
        ended = true;
        synchronized (this) {
            notifyAll();
        }
    }

    /** Stops at the next call of a model, and gives its units back at once. */
    void leave() {
        if (!ended) {
            end();
            coordinator.tell(new Message.Left(offer.session(), peers.self().life()));   // who does not hear it waits for a lease
        }
    }

    boolean hasEnded() {
        return ended;
    }

    /** Whether its coordinator has not been heard of for a while, although it was asked. */
    boolean isLost() {
        return begun && coordinator.isSilentFor(5 * BEAT_MILLIS);
    }

    @Override
    public void run() {
        if (ended) {
            return;
        }
        coordinator.begin();
        if (!ResultDigests.of(offer.description().getBytes(StandardCharsets.UTF_8)).equals(offer.digest())) {
            refuse(List.of("description: found one with another SHA-256; expected " + offer.digest()));
            return;
        }
        try (OpenWork open = workbench.open(offer.description(), crew.devices())) {
            int count = crew.most() > 0 ? Math.min(crew.most(), open.workers()) : open.workers();
            for (int i = 0; i < count; i++) {
                synchronized (workers) {
                    workers.add(new Worker(i, open));
                }
            }
            try {
                workers.forEach(Thread::start);
                begun = true;
                beat();
            } finally {   // whatever happened: nobody may work on what is closed
                end();
                Threads.join(workers);
            }
        } catch (RefusalException e) {
            refuse(e.differences());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException | LinkageError e) {
            refuse(List.of("open: found " + e + "; expected to open the work"));
        } finally {
            ended = true;
        }
    }

    private void refuse(List<String> differences) {
        refusals.add("cluster: " + offer.kind() + " " + offer.subject() + ": " + String.join("; and ", differences));
        coordinator.tell(new Message.Refused(offer.session(), peers.self().life(), differences));
    }

    /** Says what goes on, until all is over. */
    private void beat() throws InterruptedException {
        while (!ended && workers.stream().anyMatch(Thread::isAlive)) {
            synchronized (this) {
                wait(BEAT_MILLIS);
            }
            List<Message.Beat> beats = workers.stream().map(Worker::current).flatMap(Optional::stream).toList();
            try {
                grant(new Message.Alive(offer.session(), peers.self().life(), beats));
            } catch (IOException e) {
                if (coordinator.isSilentFor(TimeUnit.SECONDS.toMillis(patience))) {
                    refusals.add("cluster: " + offer.kind() + " " + offer.subject() + ": found no coordinator for " + patience
                        + " s; expected it back");
                    end();
                }
            }
        }
    }

    /** What the coordinator answers; ends this if it says so. */
    private Grant grant(Message message) throws IOException {
        try {
            Grant grant = coordinator.ask(message);
            if (grant instanceof Grant.Over) {
                end();
            }
            return grant;
        } catch (CoordinatorLink.OtherVersionException e) {
            refusals.add("cluster: " + offer.kind() + " " + offer.subject() + ": found a coordinator that does not understand; expected one of "
                + "this version");
            end();
            throw e;
        }
    }

    /** What its workers do, one line each. */
    List<String> doing() {
        synchronized (workers) {
            return workers.stream().map(Worker::current).flatMap(Optional::stream).map(beat -> offer.kind() + " " + offer.subject() + ": unit "
                + beat.unit() + (beat.total() > 0 ? ", " + beat.done() + " of " + beat.total() + " steps" : "")).toList();
        }
    }

    /** A thread that runs units. */
    private final class Worker extends Thread implements UnitSource {
        private final int number;
        private final OpenWork open;
        private volatile Message.Beat current;
        private volatile long moved;

        Worker(int number, OpenWork open) {
            super("halftone-member-" + (number + 1));
            this.number = number;
            this.open = open;
        }

        Optional<Message.Beat> current() {
            return Optional.ofNullable(current).filter(beat -> System.nanoTime() - moved < TimeUnit.MINUTES.toNanos(STALLED_MINUTES));
        }

        @Override
        public void run() {
            while (!ended) {
                try {
                    open.serve(number, this);
                } catch (CancellationException e) {
                    if (!ended) {
                        failed(e);
                    }
                } catch (IOException | RuntimeException | Error e) {
                    failed(e);
                }
            }
        }

        private void failed(Throwable e) {
            Message.Beat failed = current;
            current = null;
            if (ended) {
                return;
            }
            if (failed == null) {   // it was loading
                refuse(List.of("open: found " + e + "; expected to load the models"));
                end();
                return;
            }
            String error = e.getMessage() == null ? e.toString() : e.getMessage();
            refusals.add("cluster: unit " + failed.unit() + ": " + error);
            send(new Message.Failed(offer.session(), peers.self().life(), number, failed.unit(), error));
        }

        @Override
        public Optional<Unit> next() {
            while (!ended) {
                Grant grant = send(new Message.Take(offer.session(), peers.self().life(), number));
                if (grant instanceof Grant.Lent lent) {
                    moved = System.nanoTime();
                    current = new Message.Beat(number, lent.unit().id(), 0, 0);
                    return Optional.of(lent.unit());
                } else if (grant instanceof Grant.Later later) {
                    pause(later.millis());
                }
            }
            return Optional.empty();
        }

        @Override
        public void finished(Unit unit, byte[] result) {
            send(new Message.Done(offer.session(), peers.self().life(), number, unit.id(), current.total(), result));
            current = null;
            finished.incrementAndGet();
        }

        @Override
        public void progress(Unit unit, int done, int total) {
            moved = System.nanoTime();
            current = new Message.Beat(number, unit.id(), done, total);
            if (ended) {
                throw new CancellationException("the work is over");
            }
        }

        /** Sends until it arrives, or all is over. */
        private Grant send(Message message) {
            while (!ended) {
                try {
                    return grant(message);
                } catch (IOException e) {
                    pause(RETRY_MILLIS);
                }
            }
            return new Grant.Over();
        }

        private void pause(long millis) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {   // nobody interrupts a worker
                throw new IllegalStateException(e);
            }
        }
    }
}
