package io.halftone.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Work that runs in the background.
 *
 * @param <R> what it results in
 */
@ProviderType
public interface Job<R> {
    /** Where a job is. */
    enum State { RUNNING, DONE, FAILED, CANCELLED }

    /** A short name, unique in this process. */
    String id();

    /** The kind of work: quantize, export ... */
    String kind();

    State state();

    /**
     * Waits for the result.
     *
     * @throws JobException         if the job failed; its message is for users, its cause is what happened
     * @throws java.util.concurrent.CancellationException if it was cancelled
     */
    R await() throws InterruptedException, JobException;

    /** Asks the job to stop; it stops at the next step and leaves no half-written output. */
    void cancel();
}
