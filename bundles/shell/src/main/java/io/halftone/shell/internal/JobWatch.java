package io.halftone.shell.internal;

import io.halftone.api.Job;
import io.halftone.api.JobException;
import io.halftone.api.ProgressListener;
import io.halftone.api.ProgressListener.Progress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Waits for a job and shows how it gets on. The job's thread only puts what it has to say in a queue; drawing is done by the
 * command's thread, whose streams are those of the user.
 */
final class JobWatch {
    private static final long POLL_MILLIS = 20;

    private final ProgressView view;
    private final BlockingQueue<Progress> heard = new LinkedBlockingQueue<>();

    JobWatch(ProgressView view) {
        this.view = view;
    }

    /**
     * Starts a job and waits for its result. A thread that is interrupted meanwhile cancels the job, and waits until it has
     * put its work away.
     *
     * @throws CancellationException if the job was cancelled by someone else
     */
    <R> R await(Function<ProgressListener, Job<R>> start) throws InterruptedException, JobException {
        Job<R> job = start.apply(heard::add);
        boolean done = false;
        try {
            while (job.state() == Job.State.RUNNING) {
                Progress progress = heard.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
                if (progress != null) {
                    view.show(progress);
                }
            }
            R result = job.await();
            heard.forEach(view::show);
            done = true;
            return result;
        } catch (InterruptedException e) {
            throw cancelled(job, e);
        } catch (CancellationException e) {
            var named = new CancellationException(job.id() + ": cancelled");
            named.initCause(e);
            throw named;
        } finally {
            view.end(done);
        }
    }

    private static InterruptedException cancelled(Job<?> job, InterruptedException cause) throws InterruptedException {
        job.cancel();
        try {
            job.await();
        } catch (CancellationException | JobException e) {
            cause.addSuppressed(e);
        }
        var cancelled = new InterruptedException(job.kind() + ": cancelled");
        cancelled.initCause(cause);
        return cancelled;
    }
}
