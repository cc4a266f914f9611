package io.halftone.shell.internal;

import io.halftone.api.ProgressListener.Progress;
import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/** A bar on a terminal, drawn again and again in one line; a finished stage keeps its line. */
final class ProgressBar implements ProgressView {
    private static final int BAR = 30;
    private static final int SHORTEST_BAR = 5;
    private static final long REDRAW_NANOS = 100_000_000;

    private final PrintStream out;
    private final int columns;
    private final LongSupplier clock;
    private final Pace pace;
    private Progress last;
    private boolean open;
    private int drawn;
    private long drawnAt;

    /** With the terminal's width, and a clock that counts nanoseconds. */
    ProgressBar(PrintStream out, int columns, LongSupplier clock) {
        this.out = out;
        this.columns = columns;
        this.clock = clock;
        pace = new Pace(clock);
    }

    @Override
    public void show(Progress progress) {
        if (open && !progress.stage().equals(last.stage())) {
            close(true);
        }
        boolean begins = pace.begins(progress);
        last = progress;
        if (pace.isWhole()) {
            if (open || begins) {
                close(true);
            }
        } else if (begins || clock.getAsLong() - drawnAt >= REDRAW_NANOS) {
            draw(progress.total() > 0 ? "ETA " + pace.remaining() : "");
            open = true;
        }
    }

    @Override
    public void end(boolean done) {
        if (open) {
            close(done);
        }
    }

    private void close(boolean done) {
        draw(done ? "in " + pace.elapsed() : "");
        out.println();
        out.flush();
        open = false;
        drawn = 0;
    }

    private void draw(String time) {
        String rate = pace.rate();
        String tail = (rate.isEmpty() ? "" : "  " + rate) + (time.isEmpty() || time.equals("ETA ") ? "" : "  " + time);
        String line = last.total() > 0 ? bar(tail) : counted(tail);
        // the last column stays free, where some terminals break the line
        line = line.substring(0, Math.min(line.length(), Math.max(1, columns - 1)));
        out.print("\r" + line + " ".repeat(Math.max(0, drawn - line.length())));
        out.flush();
        drawn = line.length();
        drawnAt = clock.getAsLong();
    }

    private String bar(String tail) {
        String percent = String.format(Locale.ROOT, "] %3d%%", (int) (100 * pace.part()));
        int room = columns - 1 - last.stage().length() - 2 - percent.length() - tail.length();
        int length = Math.max(SHORTEST_BAR, Math.min(BAR, room));
        int full = (int) (length * pace.part());
        return last.stage() + " [" + "#".repeat(full) + " ".repeat(length - full) + percent + tail;
    }

    private String counted(String tail) {
        return last.stage() + (last.done() > 0 ? " " + last.done() + " " + last.unit() : "") + tail;
    }
}
