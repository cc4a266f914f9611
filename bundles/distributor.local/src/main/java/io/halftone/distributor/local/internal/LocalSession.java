package io.halftone.distributor.local.internal;

import io.halftone.distribute.Ledger;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.ResultSink;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.distribute.WorkSession;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that run units. They stay between runs, so that weights are loaded once; none is started that has nothing to do. A unit that failed at
 * one is tried by others, and a worker that cannot begin leaves its units to them.
 */
final class LocalSession implements WorkSession {
    private static final Logger LOG = LoggerFactory.getLogger(LocalSession.class);
    private static final long PAUSE_MILLIS = 1_000;
    /** Nobody is silent here: a thread ends, or it works. */
    private static final Ledger.Terms TERMS = new Ledger.Terms(Long.MAX_VALUE, 3);

    private final String kind;
    private final OpenWork here;
    private final List<Thread> workers = new ArrayList<>();
    /** Workers that ended before their time, and what each first ended with. */
    private final Map<Integer, Throwable> lost = new HashMap<>();
    private Ledger ledger = new Ledger(List.of(), TERMS);
    private final Map<Integer, Unit> units = new HashMap<>();
    /** What each unit failed with first; later failures are added to it. */
    private final Map<Integer, Throwable> causes = new HashMap<>();
    private ResultSink sink;
    private Throwable failure;
    private boolean over;

    LocalSession(String kind, OpenWork here) {
        this.kind = kind;
        this.here = here;
    }

    @Override
    public void run(List<Unit> list, ResultSink target) throws IOException {
        int there = here.workers();
        synchronized (this) {
            units.clear();
            list.forEach(unit -> units.put(unit.id(), unit));
            ledger = new Ledger(list.stream().map(Unit::id).toList(), TERMS);
            sink = target;
            for (int i = 0; i < there; i++) {
                if (!lost.containsKey(i)) {
                    ledger.join(name(i));
                }
            }
            endIfNobodyIsLeft();
            notifyAll();
        }
        try {
            do {
                start(there, list.size());
                target.check();
            } while (!isSettled());
        } catch (RuntimeException e) {
            fail(e);
        }
        if (failure() != null) {
            join();
            rethrow(failure());   // of what went wrong, what the others stopped for
        }
    }

    private static String name(int worker) {
        return "worker " + (worker + 1);
    }

    /** As many as there are units; all, once one is not as it should be. */
    private void start(int there, int units) {
        boolean well;
        synchronized (this) {
            well = causes.isEmpty() && lost.isEmpty();
        }
        for (int i = workers.size(); i < Math.min(there, well ? units : there); i++) {
            int worker = i;
            Thread thread = new Thread(() -> work(worker), "halftone-" + kind + "-" + (i + 1));
            workers.add(thread);
            thread.start();
        }
    }

    /** Waits a while; whether there is nothing left to wait for. */
    private synchronized boolean isSettled() {
        if (!ledger.isDone() && failure == null) {
            try {
                wait(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
        return ledger.isDone() || failure != null;
    }

    private void work(int worker) {
        Source source = new Source(name(worker));
        boolean more = true;
        while (more) {
            try {
                here.serve(worker, source);
                more = false;
            } catch (Throwable e) {
                more = goesOn(worker, source, e);
            }
        }
    }

    /** Whether a worker is to begin again, after what it ended with. */
    private synchronized boolean goesOn(int worker, Source source, Throwable e) {
        Optional<Unit> unit = source.current;
        source.current = Optional.empty();
        if (failure != null) {
            fail(e);
            return false;
        }
        if (e instanceof CancellationException) {
            fail(e);
            return false;
        }
        if (unit.isEmpty()) {
            lost(worker, e);
            return false;
        }
        int id = unit.get().id();
        Throwable first = causes.putIfAbsent(id, e);
        if (first != null && first != e) {
            first.addSuppressed(e);
        }
        if (ledger.fails(source.name, id)) {
            fail(causes.get(id));
            return false;
        }
        LOG.warn("{}: unit {} failed at {}, another one tries: {}", kind, id, source.name, e.toString());
        notifyAll();
        return true;
    }

    /** It could not load what it needs. */
    private void lost(int worker, Throwable e) {
        lost.put(worker, e);
        ledger.leave(name(worker));
        endIfNobodyIsLeft();
        if (failure == null) {
            LOG.warn("{}: {} ended, the others go on: {}", kind, name(worker), e.toString());
        }
        notifyAll();
    }

    private void endIfNobodyIsLeft() {
        if (lost.size() >= here.workers() && !ledger.isDone()) {
            Set<Integer> all = new TreeSet<>(lost.keySet());
            Throwable first = null;
            for (int worker : all) {
                if (first == null) {
                    first = lost.get(worker);
                } else if (lost.get(worker) != first) {
                    first.addSuppressed(lost.get(worker));
                }
            }
            fail(first);
        }
    }

    private synchronized void fail(Throwable e) {
        failure = failure == null || failure instanceof CancellationException && !(e instanceof CancellationException) ? e : failure;
        notifyAll();
    }

    private synchronized Throwable failure() {
        return failure;
    }

    private void join() {
        boolean interrupted = false;
        for (Thread worker : workers) {
            while (worker.isAlive()) {
                try {
                    worker.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void rethrow(Throwable cause) throws IOException {
        if (cause instanceof IOException io) {
            throw io;
        } else if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        } else if (cause instanceof Error error) {
            throw error;
        }
        throw new IllegalStateException(cause);
    }

    @Override
    public void close() {
        synchronized (this) {
            over = true;
            notifyAll();
        }
        join();
    }

    /** The ledger, as a worker sees it. */
    private final class Source implements UnitSource {
        private final String name;
        /** What it runs; guarded by the session. */
        private Optional<Unit> current = Optional.empty();

        Source(String name) {
            this.name = name;
        }

        @Override
        public Optional<Unit> next() {
            synchronized (LocalSession.this) {
                for (;;) {
                    check();
                    OptionalInt id = over ? OptionalInt.empty() : ledger.lend(name, 0);
                    if (over || id.isPresent()) {
                        current = over ? Optional.empty() : Optional.of(units.get(id.getAsInt()));
                        return current;
                    }
                    try {
                        LocalSession.this.wait();
                    } catch (InterruptedException e) {   // nobody interrupts a worker
                        throw new IllegalStateException(e);
                    }
                }
            }
        }

        @Override
        public void finished(Unit unit, byte[] result) throws IOException {
            try {
                sink().accept(unit.id(), result);
            } catch (IOException | UncheckedIOException e) {
                fail(e);   // the unit is well, and the place for its result is not
                throw e;
            }
            synchronized (LocalSession.this) {
                ledger.settle(unit.id());
                current = Optional.empty();
                LocalSession.this.notifyAll();
            }
        }

        @Override
        public void progress(Unit unit, int done, int total) {
            sink().progress(unit.id(), done, total);
        }

        private ResultSink sink() {
            synchronized (LocalSession.this) {
                check();
                return sink;
            }
        }

        private void check() {
            if (failure != null) {
                throw new CancellationException("another worker failed");
            }
        }
    }
}
