package io.halftone.cluster.internal;

import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Unit;
import io.halftone.distribute.UnitSource;
import io.halftone.distribute.Workbench;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Strikes this process with a signal while it holds a unit: its result is not brought before. What is computed is the work of another bench.
 */
final class Blow implements Workbench {
    private final Workbench bench;
    private String signal = "";
    private long millis;
    /** The unit in which it strikes; -1 before, and once it has. */
    private int unit = -1;

    Blow(Workbench bench) {
        this.bench = bench;
    }

    /** From the next unit on: so long after that is taken. */
    synchronized void strike(String with, long after) {
        signal = with;
        millis = after;
    }

    @Override
    public OpenWork open(String description, List<String> devices) throws IOException {
        OpenWork open = bench.open(description, devices);
        return new OpenWork() {
            @Override
            public int workers() {
                return open.workers();
            }

            @Override
            public void serve(int worker, UnitSource units) throws IOException {
                open.serve(worker, new Struck(units));
            }

            @Override
            public void close() throws IOException {
                open.close();
            }
        };
    }

    @Override
    public List<String> devices(List<String> devices) {
        return bench.devices(devices);
    }

    private synchronized void taken(Unit taken) {
        if (!signal.isEmpty()) {
            String with = signal;
            long after = millis;
            signal = "";
            unit = taken.id();
            Thread thread = new Thread(() -> strike(taken, with, after));
            thread.setDaemon(true);
            thread.start();
        }
    }

    private void strike(Unit taken, String with, long after) {
        try {
            Thread.sleep(after);
            System.out.println("struck " + with + " " + taken.id());
            System.out.flush();
            new ProcessBuilder("kill", "-" + with, Long.toString(ProcessHandle.current().pid())).start().waitFor();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        synchronized (this) {
            unit = -1;
            notifyAll();
        }
    }

    /** Waits for the blow, if it is to fall in this unit. */
    private synchronized void hold(Unit held) {
        try {
            while (unit == held.id()) {
                wait();
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Units of another source. */
    private final class Struck implements UnitSource {
        private final UnitSource units;

        Struck(UnitSource units) {
            this.units = units;
        }

        @Override
        public Optional<Unit> next() throws IOException {
            Optional<Unit> next = units.next();
            next.ifPresent(Blow.this::taken);
            return next;
        }

        @Override
        public void finished(Unit finished, byte[] result) throws IOException {
            hold(finished);
            units.finished(finished, result);
        }

        @Override
        public void progress(Unit running, int done, int total) {
            units.progress(running, done, total);
        }
    }
}
