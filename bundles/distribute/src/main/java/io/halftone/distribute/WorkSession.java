package io.halftone.distribute;

import java.io.IOException;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Work that is being distributed. For use by one thread. Between runs, workers may keep what they have loaded. */
@ConsumerType
public interface WorkSession extends AutoCloseable {
    /**
     * Has these units run, and returns once the sink has the result of each.
     *
     * @param units in the order in which they should begin; no unit of an earlier run is among them
     * @param sink  where results go, in whatever order
     * @throws RuntimeException what a unit failed with, or what the sink threw, {@link java.util.concurrent.CancellationException} among it. No
     *                          worker of this machine runs any more then, and none elsewhere begins another unit
     */
    void run(List<Unit> units, ResultSink sink) throws IOException;

    /** Ends the work everywhere. Waits for the workers of this machine. */
    @Override
    void close() throws IOException;
}
