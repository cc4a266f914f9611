package io.halftone.shell.internal;

import io.halftone.api.ProgressListener.Progress;
import java.io.PrintStream;
import java.util.function.LongSupplier;

/** Plain lines, for a log or a pipe: where a stage begins, at each tenth, and where it ends. */
final class ProgressLines implements ProgressView {
    private final PrintStream out;
    private final Pace pace;
    private String stage = "";
    private boolean open;
    private int tenths;

    /** With a clock that counts nanoseconds. */
    ProgressLines(PrintStream out, LongSupplier clock) {
        this.out = out;
        pace = new Pace(clock);
    }

    @Override
    public void show(Progress progress) {
        if (open && !progress.stage().equals(stage)) {
            close();
        }
        stage = progress.stage();
        if (pace.begins(progress)) {
            open = true;
            tenths = 0;
            println(stage + (progress.total() > 0 ? ": 0 of " + progress.total() + " " + progress.unit() : ": begins"));
        }
        if (open && pace.isWhole()) {
            close();
        } else if ((int) (10 * pace.part()) > tenths) {
            tenths = (int) (10 * pace.part());
            println(stage + ": " + 10 * tenths + " %, " + progress.done() + " of " + progress.total() + " " + progress.unit()
                + comma(pace.rate())
                + (pace.remaining().isEmpty() ? "" : ", ETA " + pace.remaining()));
        }
    }

    @Override
    public void end(boolean done) {
        if (open && done) {
            close();
        }
    }

    private void close() {
        println(stage + ": done in " + pace.elapsed() + comma(pace.rate()));
        open = false;
    }

    private void println(String line) {
        out.println(line);
        out.flush();
    }

    private static String comma(String text) {
        return text.isEmpty() ? "" : ", " + text;
    }
}
