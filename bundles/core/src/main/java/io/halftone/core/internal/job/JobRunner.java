package io.halftone.core.internal.job;

import io.halftone.api.Job;
import io.halftone.api.JobInfo;
import io.halftone.api.JobListener;
import io.halftone.api.Preview;
import io.halftone.api.ProgressListener;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts jobs, each on a thread of its own, knows those that run and the last that ended, and stops what runs when the service goes. */
public final class JobRunner {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final long PATIENCE_MILLIS = 8_000;

    private final AtomicLong count = new AtomicLong();
    private final JobBoard board;
    private final Function<Throwable, String> description;

    /** Keeps the last 100 of the jobs that ended; those that fail say what {@link Failures} has. */
    public JobRunner() {
        this(() -> 100, Failures::describe);
    }

    /**
     * Keeps some jobs that ended.
     *
     * @param kept        how many
     * @param description one line on what was thrown, which a job that fails says
     */
    public JobRunner(IntSupplier kept, Function<Throwable, String> description) {
        this.board = new JobBoard(kept);
        this.description = description;
    }

    /**
     * Work that can be watched and stopped.
     *
     * @param <R> its result
     */
    @FunctionalInterface
    public interface Task<R> {
        /** Works on the calling thread. */
        R run(Monitor monitor) throws Exception;
    }

    /** Starts a task about nothing in particular. */
    public <R> Job<R> start(String kind, ProgressListener listener, Task<R> task) {
        return start(kind, "", listener, task);
    }

    /** Starts a task about something: a model, a folder, a file. */
    public <R> Job<R> start(String kind, String subject, ProgressListener listener, Task<R> task) {
        RunningJob<R> job = new RunningJob<>(kind + "-" + count.incrementAndGet(), kind, subject, listener, task, description, board);
        board.begins(job);
        LOG.info("{}: starts", job.id());
        job.start();
        return job;
    }

    /** The jobs that run and the last that ended, in the order in which they were started. */
    public List<JobInfo> jobs() {
        return board.all();
    }

    /**
     * Asks a job to stop, if it runs.
     *
     * @throws IllegalArgumentException if no job of that id is known
     */
    public JobInfo cancel(String id) {
        return board.cancel(id);
    }

    /** The last picture of a job's latents, and a wish for the next; empty where there is none. */
    public Optional<Preview> preview(String id) {
        return board.preview(id);
    }

    /** Calls a listener for every job, those that run first. */
    public JobListener.Registration listen(JobListener listener) {
        return board.listen(listener);
    }

    /** Cancels what runs, and waits a while for it to end. */
    public void stop() {
        List<RunningJob<?>> running = board.running();
        running.forEach(Job::cancel);
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        for (RunningJob<?> job : running) {
            try {
                if (!job.join(Math.max(1, (end - System.nanoTime()) / 1_000_000))) {
                    LOG.warn("{}: still runs {} ms after it was cancelled", job.id(), PATIENCE_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        board.close();
    }
}
