package io.halftone.core.internal.job;

import io.halftone.api.Job;
import io.halftone.api.ProgressListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts jobs, each on a thread of its own, and stops those that run when the service goes. */
public final class JobRunner {
    private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);
    private static final long PATIENCE_MILLIS = 8_000;

    private final AtomicLong count = new AtomicLong();
    private final List<RunningJob<?>> running = new CopyOnWriteArrayList<>();

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

    /** Starts a task. */
    public <R> Job<R> start(String kind, ProgressListener listener, Task<R> task) {
        RunningJob<R> job = new RunningJob<>(kind + "-" + count.incrementAndGet(), kind, new Monitor(listener), task, running::remove);
        running.add(job);
        LOG.info("{}: starts", job.id());
        job.start();
        return job;
    }

    /** Cancels what runs, and waits a while for it to end. */
    public void stop() {
        running.forEach(Job::cancel);
        long end = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        for (RunningJob<?> job : running) {
            try {
                if (!job.join(Math.max(1, (end - System.nanoTime()) / 1_000_000))) {
                    LOG.warn("{}: still runs {} ms after it was cancelled", job.id(), PATIENCE_MILLIS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
