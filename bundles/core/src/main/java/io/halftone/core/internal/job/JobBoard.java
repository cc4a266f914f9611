package io.halftone.core.internal.job;

import io.halftone.api.JobInfo;
import io.halftone.api.JobListener;
import io.halftone.api.Preview;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;

/**
 * All jobs that run, and the last of those that ended. An ended job is kept as what is known of it: its task, its result and the
 * plugins that it took are let go.
 */
final class JobBoard {
    private static final long PATIENCE_MILLIS = 500;

    private final IntSupplier kept;
    private final Map<String, RunningJob<?>> running = new LinkedHashMap<>();
    private final Map<String, JobInfo> ended = new LinkedHashMap<>();   // the oldest first
    private final List<JobWatcher> watchers = new CopyOnWriteArrayList<>();

    /** With how many ended jobs to keep, asked whenever one ends. */
    JobBoard(IntSupplier kept) {
        this.kept = kept;
    }

    void begins(RunningJob<?> job) {
        synchronized (this) {
            running.put(job.id(), job);
        }
        changed(job.id());
    }

    void ends(JobInfo job) {
        synchronized (this) {
            running.remove(job.id());
            ended.put(job.id(), job);
        }
        int most = kept.getAsInt();   // asks others: not under the lock
        synchronized (this) {
            var oldest = ended.keySet().iterator();
            while (ended.size() > most) {
                oldest.next();
                oldest.remove();
            }
        }
        watchers.forEach(watcher -> watcher.ends(job));
    }

    /** Something is new about a job that runs. */
    void changed(String id) {
        watchers.forEach(watcher -> watcher.changed(id));
    }

    /** Those that run. */
    synchronized List<RunningJob<?>> running() {
        return List.copyOf(running.values());
    }

    /** What is known of all, in the order in which they were started. */
    synchronized List<JobInfo> all() {
        List<JobInfo> all = new ArrayList<>(ended.values());
        running.values().forEach(job -> all.add(job.info()));
        all.sort((one, other) -> Long.compare(number(one.id()), number(other.id())));
        return all;
    }

    private static long number(String id) {
        return Long.parseLong(id.substring(id.lastIndexOf('-') + 1));
    }

    /** What is known of a job that runs. */
    synchronized Optional<JobInfo> runningInfo(String id) {
        return Optional.ofNullable(running.get(id)).map(RunningJob::info);
    }

    /**
     * Asks a job to stop.
     *
     * @throws IllegalArgumentException if it is not known
     */
    JobInfo cancel(String id) {
        RunningJob<?> job;
        synchronized (this) {
            job = running.get(id);
            if (job == null && ended.containsKey(id)) {
                return ended.get(id);
            }
        }
        if (job == null) {
            List<String> ids = running().stream().map(RunningJob::id).toList();
            throw new IllegalArgumentException("job " + id + ": found none of that id; expected " + (ids.isEmpty() ? "one that runs, and none does"
                : "one that runs: " + String.join(", ", ids)));
        }
        job.cancel();
        return job.info();
    }

    /** The last picture of the latents of a job that runs, and a wish for the next. */
    Optional<Preview> preview(String id) {
        RunningJob<?> job;
        synchronized (this) {
            job = running.get(id);
        }
        return job == null ? Optional.empty() : job.preview();
    }

    JobListener.Registration listen(JobListener listener) {
        JobWatcher watcher = new JobWatcher(listener, this::runningInfo);
        watchers.add(watcher);
        running().forEach(job -> watcher.changed(job.id()));
        return () -> {
            watchers.remove(watcher);
            watcher.close();
        };
    }

    /** Ends all calls of listeners, which hear of the end of every job before. */
    void close() {
        try {
            for (JobWatcher watcher : watchers) {
                watcher.finish(PATIENCE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        watchers.forEach(JobWatcher::close);
        watchers.clear();
    }
}
