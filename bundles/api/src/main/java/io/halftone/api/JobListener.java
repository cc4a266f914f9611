package io.halftone.api;

import org.osgi.annotation.versioning.ConsumerType;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Hears of all jobs, whoever started them: given to {@link Halftone#listen}, or registered as a service of this type. Each listener is
 * called by a thread of its own, one call at a time, and no job waits for it. What it has not heard yet is one state for each job, the
 * latest: a slow listener misses what lies between, and never the end of a job.
 */
@ConsumerType
public interface JobListener {
    /** A job started, got on, was asked to stop, or ended. At most some twenty calls a second for each job. */
    void changed(JobInfo job);

    /** Ends the calls of a listener. */
    @ProviderType
    interface Registration extends AutoCloseable {
        /** No news is told from here on; a call that is under way may end later. */
        @Override
        void close();
    }
}
