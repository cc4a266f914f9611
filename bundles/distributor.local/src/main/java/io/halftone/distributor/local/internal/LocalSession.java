package io.halftone.distributor.local.internal;

import io.halftone.distribute.OpenWork;
import io.halftone.distribute.ResultSink;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.distribute.WorkSession;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** Threads that run units from one queue. They stay between runs, so that weights are loaded once; none is started that has nothing to do. */
final class LocalSession implements WorkSession {
    private static final long PAUSE_MILLIS = 1_000;

    private final String kind;
    private final OpenWork here;
    private final List<Thread> workers = new ArrayList<>();
    private final Deque<Unit> waiting = new ArrayDeque<>();
    private ResultSink sink;
    private int left;
    private Throwable failure;
    private boolean over;

    LocalSession(String kind, OpenWork here) {
        this.kind = kind;
        this.here = here;
    }

    @Override
    public void run(List<Unit> units, ResultSink target) throws IOException {
        synchronized (this) {
            sink = target;
            left = units.size();
            waiting.addAll(units);
            notifyAll();
        }
        for (int i = workers.size(); i < Math.min(here.workers(), units.size()); i++) {
            int worker = i;
            Thread thread = new Thread(() -> work(worker), "halftone-" + kind + "-" + (i + 1));
            workers.add(thread);
            thread.start();
        }
        try {
            while (!isSettled()) {
                target.check();
            }
        } catch (RuntimeException e) {
            fail(e);
        }
        Throwable cause = failure();
        if (cause != null) {
            join();
            rethrow(failure());   // of what went wrong, what the others stopped for
        }
    }

    /** Waits a while; whether there is nothing left to wait for. */
    private synchronized boolean isSettled() {
        if (left > 0 && failure == null) {
            try {
                wait(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CancellationException("interrupted");
            }
        }
        return left == 0 || failure != null;
    }

    private void work(int worker) {
        try {
            here.serve(worker, new Source());
        } catch (Throwable e) {
            fail(e);
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

    /** The queue, as a worker sees it. */
    private final class Source implements UnitSource {
        @Override
        public Optional<Unit> next() {
            synchronized (LocalSession.this) {
                while (waiting.isEmpty() && !over && failure == null) {
                    try {
                        LocalSession.this.wait();
                    } catch (InterruptedException e) {   // nobody interrupts a worker
                        throw new IllegalStateException(e);
                    }
                }
                check();
                return over ? Optional.empty() : Optional.of(waiting.poll());
            }
        }

        @Override
        public void finished(Unit unit, byte[] result) throws IOException {
            sink().accept(unit.id(), result);
            synchronized (LocalSession.this) {
                left--;
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
