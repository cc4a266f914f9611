package io.halftone.core.internal.job;

import io.halftone.api.Job;
import io.halftone.api.JobException;
import io.halftone.api.JobInfo;
import io.halftone.api.Preview;
import io.halftone.api.ProgressListener;
import io.halftone.api.ProgressListener.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A job on a thread of its own. */
final class RunningJob<R> implements Job<R> {
    private static final Logger LOG = LoggerFactory.getLogger(RunningJob.class);

    private final String id;
    private final String kind;
    private final String subject;
    private final JobBoard board;
    private final Instant started = Instant.now();
    private final long begin = System.nanoTime();
    private final Monitor monitor;
    private final CompletableFuture<R> result = new CompletableFuture<>();
    private final Thread thread;
    private volatile Said said = new Said(Progress.NONE, begin);

    /** What it said last, and when it said the first of that stage. */
    private record Said(Progress progress, long stageBegin) {}

    RunningJob(String id, String kind, String subject, ProgressListener listener, JobRunner.Task<R> task, Function<Throwable, String> description,
               JobBoard board) {
        this.id = id;
        this.kind = kind;
        this.subject = subject;
        this.board = board;
        this.monitor = new Monitor(progress -> {
            hear(progress);
            listener.progress(progress);
        });
        this.thread = new Thread(() -> run(task, description), "halftone-" + id);
    }

    /** A stage begins where the name is another one, or where it counts from the start again. */
    private synchronized void hear(Progress progress) {
        Progress last = said.progress();
        boolean begins = !progress.stage().equals(last.stage()) || progress.done() < last.done();
        said = new Said(progress, begins ? System.nanoTime() : said.stageBegin());
        board.changed(id);
    }

    /** What is known of it now. */
    JobInfo info() {
        return info(State.RUNNING, "");
    }

    private JobInfo info(State state, String failure) {
        long now = System.nanoTime();
        Said last = said;
        return new JobInfo(id, kind, subject, state, state == State.RUNNING && monitor.isCancelled(), started, Duration.ofNanos(now - begin),
            last.progress(), Duration.ofNanos(now - last.stageBegin()), failure);
    }

    Optional<Preview> preview() {
        return monitor.previews().ask();
    }

    void start() {
        thread.start();
    }

    /** Whether it ended in that time. */
    boolean join(long millis) throws InterruptedException {
        thread.join(millis);
        return !thread.isAlive();
    }

    private void run(JobRunner.Task<R> task, Function<Throwable, String> description) {
        // set aside until the board knows: who waits for it sees a job that has ended
        Runnable outcome;
        JobInfo end;
        try {
            R value = task.run(monitor);
            LOG.info("{}: done", id);
            end = info(State.DONE, "");
            outcome = () -> result.complete(value);
        } catch (CancellationException e) {
            LOG.info("{}: cancelled", id);
            end = info(State.CANCELLED, "");
            outcome = () -> result.cancel(false);
        } catch (Throwable e) {   // an OutOfMemoryError or a missing class fails the job, not the process
            String message = described(e, description);
            LOG.error("{}: {}", id, message, e);
            end = info(State.FAILED, message);
            outcome = () -> result.completeExceptionally(new JobException(message, e));
        }
        try {
            board.ends(end);
        } finally {
            outcome.run();
        }
    }

    /** Who waits hears of the end, whatever there is to say of it. */
    private static String described(Throwable thrown, Function<Throwable, String> description) {
        try {
            return description.apply(thrown);
        } catch (RuntimeException | LinkageError e) {
            thrown.addSuppressed(e);
            return Failures.describe(thrown);
        }
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
        if (!monitor.isCancelled()) {
            monitor.cancel();
            LOG.info("{}: is to stop", id);
            board.changed(id);
        }
    }
}
