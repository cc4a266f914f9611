package io.halftone.distribute;

import java.io.IOException;
import org.osgi.annotation.versioning.ProviderType;

/** Work that is open on this machine: its pipeline is read and checked, and its units can be run. */
@ProviderType
public interface OpenWork extends AutoCloseable {
    /** How many workers run here at a time: one for each device, or as many as processors and memory allow. At least 1. */
    int workers();

    /**
     * Runs units on the calling thread until there are none. Weights are loaded once, before the first unit.
     *
     * @param worker which of the workers this is, from 0: says its device. No two run at a time that are the same
     * @throws RuntimeException what a unit failed with: it would fail elsewhere too, unless the machine is at fault
     */
    void serve(int worker, UnitSource units) throws IOException;

    /** Releases it. No worker may run. */
    @Override
    void close() throws IOException;
}
