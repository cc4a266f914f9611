package io.halftone.distribute;

import java.io.IOException;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/** Where a worker gets its units from, and leaves their results. A worker calls it from one thread; each has its own, or it is safe for several. */
@ConsumerType
public interface UnitSource {
    /**
     * The next unit to run. Waits as long as there may be one.
     *
     * @return empty if there will be none: the worker ends
     * @throws java.util.concurrent.CancellationException if the worker is to stop
     */
    Optional<Unit> next() throws IOException;

    /** Takes the result of the unit that {@link #next} gave last. */
    void finished(Unit unit, byte[] result) throws IOException;

    /**
     * Hears how far the unit is that {@link #next} gave last.
     *
     * @param done  calls of the model so far
     * @param total calls that it has
     * @throws java.util.concurrent.CancellationException if the worker is to stop
     */
    void progress(Unit unit, int done, int total);
}
