package io.halftone.cluster.internal;

import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.distribute.Work;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The coordinator's own workers: threads of this process that run units of a session beside its members. They stay from part to part, so
 * that weights are loaded once. What fails at one is tried elsewhere, as what fails at a member is.
 */
final class OwnWorkers {
    /** What the ledger knows this process by; its workers have a number behind it. */
    private static final String HERE = "here";

    private final Work work;
    private final Optional<OpenWork> here;
    private final CurrentPart current;
    private final Refusals refusals;
    private final List<Thread> threads = new ArrayList<>();
    /** Those that could not load what they need, and why. */
    private final Map<Integer, Throwable> lost = new ConcurrentSkipListMap<>();

    /** @param here the work on this machine; empty if others alone run it */
    OwnWorkers(Work work, Optional<OpenWork> here, CurrentPart current, Refusals refusals) {
        this.work = work;
        this.here = here;
        this.current = current;
        this.refusals = refusals;
    }

    /** Whether the work is open here at all. */
    boolean isOpen() {
        return here.isPresent();
    }

    /** Why the first of them cannot run units, if none can; empty too where there is none. */
    Optional<Throwable> failure() {
        return canRun() || lost.isEmpty() ? Optional.empty() : Optional.of(lost.values().iterator().next());
    }

    private int count() {
        return here.map(OpenWork::workers).orElse(0);
    }

    /** Whether one of them can run units, as far as is known. */
    private boolean canRun() {
        return lost.size() < count();
    }

    /** The ledger of a part counts on them, if one can run units. */
    void join(Part part) {
        if (canRun()) {
            part.ledger().join(HERE);
        }
    }

    /** Starts as many as there are units, and one for each that was lost; or all there are. */
    void start(int units) {
        int most = Math.min(count(), units + lost.size());
        for (int i = threads.size(); i < most; i++) {
            int worker = i;
            Thread thread = new Thread(() -> work(worker), "halftone-" + work.kind() + "-" + (i + 1));
            threads.add(thread);
            thread.start();
        }
    }

    /** Waits until all have ended, once the session is over. */
    void awaitEnd() {
        Threads.join(threads);
    }

    private void work(int worker) {
        Source units = new Source(HERE + "/" + worker);
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

    /** Whether one is to begin again, after what it ended with: its unit is tried elsewhere as any other is. */
    private boolean goesOn(int worker, Source units, Throwable e) {
        Optional<Unit> failed = units.unit;
        units.unit = Optional.empty();
        Optional<Part> now = current.get();
        if (current.isOver()) {
            return false;
        }
        if (e instanceof CancellationException) {
            now.ifPresent(part -> part.fail(e));
            return false;
        }
        if (failed.isPresent()) {
            int unit = failed.get().id();
            if (now.isPresent() && now.get().has(unit)) {
                refusals.add("cluster: unit " + unit + ": " + e);
                now.get().failsAt(units.worker, unit, e);
                return !now.get().hasFailed();
            }
            return true;   // others had it first, and the part is over
        }
        lost.put(worker, e);
        refusals.add("cluster: " + work.kind() + " " + work.subject() + ": worker " + (worker + 1) + " here: found " + e + "; expected to load the models");
        if (!canRun()) {
            now.ifPresent(part -> part.leaves(HERE));   // between parts, the next one does not count on it
        }
        return false;
    }

    /** Units for one of them. */
    private final class Source implements UnitSource {
        private final String worker;
        /** What it runs; of its thread alone. */
        private Optional<Unit> unit = Optional.empty();

        Source(String worker) {
            this.worker = worker;
        }

        @Override
        public Optional<Unit> next() {
            for (Optional<Part> part = current.await(); part.isPresent(); part = current.await()) {
                part.get().checkRuns();
                Optional<Unit> lent = part.get().lend(worker);
                if (lent.isPresent()) {
                    unit = lent;
                    return lent;
                }
                current.pauseIn(part.get(), ClusterSession.LEAST_WAIT_MILLIS);   // others run what is left, and may be gone
            }
            return Optional.empty();
        }

        @Override
        public void finished(Unit done, byte[] result) throws IOException {
            Optional<Part> now = current.get().filter(part -> part.has(done.id()));
            if (now.isPresent()) {   // otherwise others had it first, and the part is over
                try {
                    now.get().accept(done.id(), result);
                } catch (IOException | UncheckedIOException e) {
                    now.get().fail(e);   // the unit is well, and the place for its result is not
                    throw e;
                }
            }
            unit = Optional.empty();
        }

        @Override
        public void progress(Unit running, int done, int total) {
            current.get().filter(part -> part.has(running.id())).ifPresent(part -> {
                part.beat(worker, new Message.Beat(0, running.id(), done, total));
                part.checkRuns();
            });
            if (current.isOver()) {
                throw new CancellationException("the work is over");
            }
        }
    }
}
