package io.halftone.cluster.internal;

import io.halftone.distribute.Ledger;
import io.halftone.distribute.ResultSink;
import io.halftone.distribute.Unit;
import io.halftone.distribute.Work;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** Units of a session that run together: from one call of {@code run} to its end. For several threads. */
final class Part {
    private final Map<Integer, Unit> units = new LinkedHashMap<>();
    private final Ledger ledger;
    private final ResultSink sink;
    private final ResultDigests digests;
    private final long begun = System.nanoTime();
    private final Set<Integer> lent = ConcurrentHashMap.newKeySet();
    private final AtomicInteger again = new AtomicInteger();
    /** Held for reading by whoever lends or takes, for writing by who ends it. */
    private final ReadWriteLock use = new ReentrantReadWriteLock();
    private boolean over;
    private Throwable failure;

    /** @param digests the session's: those of results that it takes are added */
    Part(List<Unit> units, ResultSink sink, Ledger.Terms terms, ResultDigests digests) {
        units.forEach(unit -> this.units.put(unit.id(), unit));
        this.ledger = new Ledger(this.units.keySet(), terms);
        this.sink = sink;
        this.digests = digests;
    }

    boolean has(int unit) {
        return units.containsKey(unit);
    }

    Ledger ledger() {
        return ledger;
    }

    /** A unit for a worker; empty if there is none now, or the part has failed or is over. */
    Optional<Unit> lend(String worker) {
        use.readLock().lock();
        try {
            OptionalInt unit = over || hasFailed() ? OptionalInt.empty() : ledger.lend(worker, millis());
            if (unit.isPresent() && !lent.add(unit.getAsInt())) {
                again.incrementAndGet();
            }
            return unit.isPresent() ? Optional.of(units.get(unit.getAsInt())) : Optional.empty();
        } finally {
            use.readLock().unlock();
        }
    }

    /** Takes a result, unless the part has failed or is over. */
    void accept(int unit, byte[] result) throws IOException {
        boolean first;
        use.readLock().lock();
        try {
            first = !over && !hasFailed() && settle(unit, result);
        } finally {
            use.readLock().unlock();
        }
        if (first) {
            digests.add(unit, result);
        }
    }

    /** Whether it is the first of its unit. */
    private boolean settle(int unit, byte[] result) throws IOException {
        boolean first = sink.accept(unit, result);
        synchronized (this) {
            if (first) {   // a second one may be refused while the first is still being written
                ledger.settle(unit);
            }
            if (ledger.isDone()) {
                notifyAll();
            }
        }
        return first;
    }

    /** From now on it lends nothing and takes nothing; waits for what is being taken. */
    void close() {
        use.writeLock().lock();
        over = true;
        use.writeLock().unlock();
    }

    /** Hears how far a worker is, and that it lives. */
    void beat(String worker, Message.Beat beat) {
        ledger.renew(worker, beat.unit(), millis());
        if (beat.total() > 0) {
            try {
                sink.progress(beat.unit(), beat.done(), beat.total());
            } catch (CancellationException e) {
                fail(e);
            }
        }
    }

    /** A unit failed at a worker elsewhere: others try, until it has failed often enough. */
    void failsAt(String worker, int unit, String message) {
        failsAt(worker, unit, new IllegalStateException(message));
    }

    /** A unit failed at a worker with that: others try, until it has failed often enough. */
    void failsAt(String worker, int unit, Throwable cause) {
        if (ledger.fails(worker, unit)) {
            fail(cause);
        }
    }

    /** A member and its workers are gone: their units wait again. */
    void leaves(String member) {
        ledger.leave(member);
    }

    /** Ends the part; of what went wrong, what the others stopped for counts. */
    synchronized void fail(Throwable e) {
        failure = failure == null || failure instanceof CancellationException && !(e instanceof CancellationException) ? e : failure;
        notifyAll();
    }

    synchronized boolean hasFailed() {
        return failure != null;
    }

    /** Throws {@link CancellationException} if the part has failed. */
    synchronized void checkRuns() {
        if (failure != null) {
            throw new CancellationException("another worker failed");
        }
    }

    /** Waits a while; whether it goes on then. */
    synchronized boolean awaitEnd(long millis) {
        if (!ledger.isDone() && failure == null) {
            try {
                wait(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
        return !ledger.isDone() && failure == null;
    }

    /** Throws what it failed with. */
    synchronized void rethrow() throws IOException {
        if (failure instanceof IOException io) {
            throw io;
        } else if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        } else if (failure instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException(failure);
    }

    MemberState.JobState state(Work work) {
        return new MemberState.JobState(work.kind(), work.subject(), ledger.done(), ledger.total(), ledger.lent(), again.get(), millis());
    }

    /** Milliseconds since it began. */
    long millis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
    }
}
