package io.halftone.core.internal.job;

import io.halftone.api.Job;
import io.halftone.api.JobException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job on a thread of its own. */
final class RunningJob<R> implements Job<R> {
    private static final Logger LOG = LoggerFactory.getLogger(RunningJob.class);

    private final String id;
    private final String kind;
    private final Monitor monitor;
    private final CompletableFuture<R> result = new CompletableFuture<>();
    private final Thread thread;

    RunningJob(String id, String kind, Monitor monitor, JobRunner.Task<R> task, Consumer<RunningJob<R>> ended) {
        this.id = id;
        this.kind = kind;
        this.monitor = monitor;
        this.thread = new Thread(() -> run(task, ended), "halftone-" + id);
    }

    void start() {
        thread.start();
    }

    /** Whether it ended in that time. */
    boolean join(long millis) throws InterruptedException {
        thread.join(millis);
        return !thread.isAlive();
    }

    private void run(JobRunner.Task<R> task, Consumer<RunningJob<R>> ended) {
        // set aside until the job has left the list: who waits for it sees a job that has ended
        Runnable outcome;
        try {
            R value = task.run(monitor);
            LOG.info("{}: done", id);
            outcome = () -> result.complete(value);
        } catch (CancellationException e) {
            LOG.info("{}: cancelled", id);
            outcome = () -> result.cancel(false);
        } catch (Throwable e) {   // an OutOfMemoryError or a missing class fails the job, not the process
            String message = Failures.describe(e);
            LOG.error("{}: {}", id, message, e);
            outcome = () -> result.completeExceptionally(new JobException(message, e));
        }
        ended.accept(this);
        outcome.run();
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public State state() {
        if (!result.isDone()) {
            return State.RUNNING;
        }
        return result.isCancelled() ? State.CANCELLED : result.isCompletedExceptionally() ? State.FAILED : State.DONE;
    }

    @Override
    public R await() throws InterruptedException, JobException {
        try {
            return result.get();
        } catch (ExecutionException e) {
            throw (JobException) e.getCause();
        }
    }

    @Override
    public void cancel() {
        monitor.cancel();
    }
}
