package io.halftone.shell.internal;

import io.halftone.api.Job;
import io.halftone.api.JobException;
import io.halftone.api.ProgressListener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;
import org.apache.karaf.shell.api.action.Option;

/**
 * A command that waits for jobs. Their progress goes to standard error: a bar where that is a terminal, of the session or, as the
 * launcher says with {@code halftone.terminal=true} and {@code halftone.columns}, of the process; plain lines otherwise.
 */
abstract class JobCommand extends HalftoneCommand {
    @Option(name = "--quiet", description = "Show no progress and no notes")
    private boolean quiet;

    /** Starts a job and waits for its result. */
    final <R> R await(Function<ProgressListener, Job<R>> start) throws InterruptedException, JobException {
        try {
            return new JobWatch(progressView()).await(progress -> {
                Job<R> job = start.apply(progress);
                started.accept(job);
                return job;
            });
        } catch (InterruptedException e) {
            if (session.getTerminal() != null && !place().isInBackground()) {
                err.println(e.getMessage());   // the console is silent about an interrupted command
            }
            throw e;
        }
    }

    /** The path of a file that is written behind the job; what keeps it from being written is refused before. Empty where the option was not given. */
    final String outputFile(String option, String given) {
        String file = path(option, given);
        if (!file.isEmpty() && Files.isDirectory(Path.of(file))) {
            throw new IllegalArgumentException(option + ": found the folder " + file + "; expected a file to write");
        }
        if (!file.isEmpty() && !Files.isDirectory(Path.of(file).resolveSibling("."))) {
            throw new IllegalArgumentException(option + ": found no folder " + Path.of(file).getParent() + "; expected one to write into");
        }
        return file;
    }

    /** Says a line beside the result. */
    final void note(String line) {
        if (!quiet) {
            err.println(line);
            err.flush();
        }
    }

    /** How progress is shown: not at all while the command is in the background, where the user is at the prompt. */
    final ProgressView progressView() {
        if (quiet) {
            return ProgressView.NONE;
        }
        Place place = place();
        int columns = place.columns();
        ProgressView view = columns > 0 ? new ProgressBar(err, columns, System::nanoTime) : new ProgressLines(err, System::nanoTime);
        return new ForegroundView(view, place::isInBackground);
    }
}
