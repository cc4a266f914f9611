package io.halftone.shell.internal;

import io.halftone.api.ProgressListener.Progress;
import java.util.Locale;
import java.util.function.LongSupplier;

/** How fast a stage of a job gets on, by a clock that counts nanoseconds. */
final class Pace {
    private final LongSupplier clock;
    private Progress first;
    private Progress last;
    private long begin;
    private long now;

    Pace(LongSupplier clock) {
        this.clock = clock;
    }

    /** Takes note of a progress, and says whether a stage begins with it: it has another name, or counts from the start again. */
    boolean begins(Progress progress) {
        boolean begins = last == null || !last.stage().equals(progress.stage()) || progress.done() < last.done();
        now = clock.getAsLong();
        if (begins) {
            first = progress;
            begin = now;
        }
        last = progress;
        return begins;
    }

    /** Whether all units of the stage are done. */
    boolean isWhole() {
        return last.total() > 0 && last.done() >= last.total();
    }

    /** The part that is done, 0 to 1; 0 where the total is not known. */
    double part() {
        return last.total() == 0 ? 0 : Math.min(1, (double) last.done() / last.total());
    }

    /** The rate, such as {@code 12.3 step/s}, or {@code 4.2 s/step} below one in two seconds; empty where it is not known yet. */
    String rate() {
        double rate = unitsASecond();
        if (!(rate > 0)) {
            return "";
        }
        return rate < 0.5
            ? String.format(Locale.ROOT, "%.1f s/%s", 1 / rate, last.unit())
            : String.format(Locale.ROOT, "%.1f %s/s", rate, last.unit());
    }

    /** The time that the rest takes at this rate; empty where it is not known. */
    String remaining() {
        double rate = unitsASecond();
        return rate > 0 && last.total() > 0 ? clock(Math.round((last.total() - last.done()) / rate)) : "";
    }

    /** The time since the stage began. */
    String elapsed() {
        return clock(Math.round(seconds(clock.getAsLong())));
    }

    private double unitsASecond() {
        double seconds = seconds(now);
        return seconds > 0 ? (last.done() - first.done()) / seconds : 0;
    }

    private double seconds(long at) {
        return (at - begin) / 1e9;
    }

    /** Hours, minutes and seconds. */
    static String clock(long seconds) {
        return seconds < 3600 ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
            : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
