package io.halftone.distribute;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/** Where results go. Safe for use by several threads. */
@ProviderType
public interface ResultSink {
    /**
     * Takes the result of a unit. It is kept when this returns.
     *
     * @return whether it was the first of that unit; another one is left aside
     * @throws RuntimeException if it is no result of that unit
     */
    boolean accept(int unit, byte[] result) throws IOException;

    /**
     * Hears how far a unit is; a unit that runs twice counts once.
     *
     * @throws java.util.concurrent.CancellationException if the job is to stop
     */
    void progress(int unit, int done, int total);

    /**
     * Looks whether the job goes on. To be called every second or so by whoever waits.
     *
     * @throws java.util.concurrent.CancellationException if the job is to stop
     */
    void check();
}
