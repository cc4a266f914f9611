package io.halftone.core.internal.distribute;

import io.halftone.core.internal.job.Monitor;
import java.util.HashMap;
import java.util.Map;

/** How far the units of a work are together. A unit that runs twice counts once. */
public final class Tally {
    private final Monitor monitor;
    private final String stage;
    private final String name;
    private final int before;
    private final int all;
    private final Map<Integer, Integer> running = new HashMap<>();
    private long sum;
    private long told;

    /**
     * Nothing yet of the units that are left.
     *
     * @param name   of what is counted
     * @param before units that were done before
     * @param all    units, those among them
     */
    public Tally(Monitor monitor, String stage, String name, int before, int all) {
        this.monitor = monitor;
        this.stage = stage;
        this.name = name;
        this.before = before;
        this.all = all;
    }

    /** A unit is so far, of as much as every unit has; tells the monitor, which may say that the job is to stop. */
    public synchronized void progress(int unit, int done, int total) {
        int was = running.getOrDefault(unit, 0);
        if (done > was) {
            running.put(unit, done);
            sum += done - was;
        }
        told = Math.max(told, Math.min((long) before * total + sum, (long) all * total));
        monitor.progress(stage, told, (long) all * total, name);
    }
}
