package io.halftone.shell.internal;

import io.halftone.api.Job;
import io.halftone.api.JobException;
import io.halftone.api.ProgressListener;
import java.util.function.Function;
import org.apache.karaf.shell.api.action.Option;

/**
 * A command that waits for jobs. Their progress goes to standard error: a bar in a session that has a terminal, or where the
 * launcher says that there is one ({@code halftone.terminal=true}, {@code halftone.columns}); plain lines otherwise.
 */
abstract class JobCommand extends HalftoneCommand {
    private static final int USUAL_COLUMNS = 80;

    @Option(name = "--quiet", description = "Show no progress and no notes")
    private boolean quiet;

    /** Starts a job and waits for its result. */
    final <R> R await(Function<ProgressListener, Job<R>> start) throws InterruptedException, JobException {
        try {
            return new JobWatch(progressView()).await(start);
        } catch (InterruptedException e) {
            if (session.getTerminal() != null) {
                err.println(e.getMessage());   // the console is silent about an interrupted command
            }
            throw e;
        }
    }

    /** Says a line beside the result. */
    final void note(String line) {
        if (!quiet) {
            err.println(line);
            err.flush();
        }
    }

    private ProgressView progressView() {
        if (quiet) {
            return ProgressView.NONE;
        }
        int columns = columns();
        return columns > 0 ? new ProgressBar(err, columns, System::nanoTime) : new ProgressLines(err, System::nanoTime);
    }

    /** The terminal's width; 0 where there is no terminal. */
    private int columns() {
        var terminal = session.getTerminal();
        if (terminal != null && !terminal.getType().startsWith("dumb")) {
            return terminal.getWidth() > 0 ? terminal.getWidth() : USUAL_COLUMNS;
        }
        return Boolean.getBoolean("halftone.terminal") ? Math.max(1, Integer.getInteger("halftone.columns", USUAL_COLUMNS)) : 0;
    }
}
