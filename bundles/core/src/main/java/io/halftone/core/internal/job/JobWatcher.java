package io.halftone.core.internal.job;

import io.halftone.api.JobInfo;
import io.halftone.api.JobListener;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a listener on a thread of its own. A job only leaves word that something is new about it; what that is, the thread looks up
 * when it comes to it. So a job never waits, and what waits for the listener is bounded by the jobs that there are.
 */
final class JobWatcher {
    private static final Logger LOG = LoggerFactory.getLogger(JobWatcher.class);
    private static final AtomicLong COUNT = new AtomicLong();
    private static final long PAUSE_MILLIS = 50;

    private final JobListener listener;
    private final Function<String, Optional<JobInfo>> running;
    private final Map<String, Optional<JobInfo>> news = new LinkedHashMap<>();   // by id; with what is known if it has ended
    private final Thread thread;
    private boolean closed;
    private boolean finishing;

    /** With how to look a running job up. */
    JobWatcher(JobListener listener, Function<String, Optional<JobInfo>> running) {
        this.listener = listener;
        this.running = running;
        thread = new Thread(this::run, "halftone-watch-" + COUNT.incrementAndGet());
        thread.setDaemon(true);
        thread.start();
    }

    /** Something is new about a job that runs. */
    synchronized void changed(String id) {
        if (news.putIfAbsent(id, Optional.empty()) == null) {
            notifyAll();
        }
    }

    /** A job has ended. */
    synchronized void ends(JobInfo job) {
        news.put(job.id(), Optional.of(job));
        notifyAll();
    }

    synchronized void close() {
        closed = true;
        news.clear();
        notifyAll();
    }

    /** Says what is known and not said yet, and ends; waits for that a while. */
    void finish(long millis) throws InterruptedException {
        synchronized (this) {
            finishing = true;
            notifyAll();
        }
        thread.join(millis);
        close();
    }

    private void run() {
        try {
            for (Map<String, Optional<JobInfo>> taken = take(); !taken.isEmpty(); taken = take()) {
                taken.forEach((id, end) -> end.or(() -> running.apply(id)).ifPresent(this::tell));
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            LOG.debug("a listener's thread was interrupted", e);   // nobody else has the thread: it ends
        }
    }

    /** All news, as soon as there is any; empty where none will come. */
    private synchronized Map<String, Optional<JobInfo>> take() throws InterruptedException {
        while (news.isEmpty() && !closed && !finishing) {
            wait();
        }
        Map<String, Optional<JobInfo>> taken = new LinkedHashMap<>(news);
        news.clear();
        return taken;
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void tell(JobInfo job) {
        if (isClosed()) {
            return;
        }
        try {
            listener.changed(job);
        } catch (RuntimeException | LinkageError e) {
            LOG.warn("{}: a listener failed: {}", job.id(), e.toString());
        }
    }
}
