package io.halftone.cluster.internal;

import io.halftone.distribute.Workbench;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** What this process does for other members: their sessions, one after the other. For several threads. */
final class Bench implements AutoCloseable {
    private static final long STOP_LIMIT_SECONDS = 8;

    private final Workbench workbench;
    private final Shift.Crew crew;
    private final Refusals refusals;
    private final long patience;
    private final AtomicLong finished = new AtomicLong();
    private final Map<UUID, Shift> shifts = new LinkedHashMap<>();
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> new Thread(work, "halftone-member"));

    Bench(Workbench workbench, Shift.Crew crew, Refusals refusals, long patience) {
        this.workbench = workbench;
        this.crew = crew;
        this.refusals = refusals;
        this.patience = patience;
    }

    /**
     * There is work to be had. What has lost its coordinator gives way to it.
     *
     * @return whether it is taken; one that ends here just now is not
     */
    synchronized boolean offer(Message.Offer offer, Peers peers) {
        Shift known = shifts.get(offer.session());
        if (known != null) {
            known.renew(offer.life());
            return !known.hasEnded();
        }
        shifts.values().stream().filter(Shift::isLost).forEach(Shift::leave);
        Shift shift = new Shift(offer, workbench, crew, peers, refusals, patience, finished);
        shifts.put(offer.session(), shift);
        try {
            thread.execute(() -> {
                try {
                    shift.run();
                } finally {
                    remove(offer.session());
                }
            });
        } catch (RejectedExecutionException e) {   // this process leaves
            shifts.remove(offer.session());
            return false;
        }
        return true;
    }

    private synchronized void remove(UUID session) {
        shifts.remove(session);
    }

    /** There is no more work. */
    synchronized void end(UUID session) {
        Shift shift = shifts.get(session);
        if (shift != null) {
            shift.end();
        }
    }

    /** What its workers do, one line each. */
    synchronized List<String> doing() {
        return shifts.values().stream().flatMap(shift -> shift.doing().stream()).toList();
    }

    /** Units that it has run. */
    long finished() {
        return finished.get();
    }

    /** Stops all work, and gives units back. */
    synchronized void rest() {
        shifts.values().forEach(Shift::leave);
    }

    /** Stops all work and waits for it. */
    @Override
    public void close() {
        rest();
        thread.shutdown();
        try {
            thread.awaitTermination(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
