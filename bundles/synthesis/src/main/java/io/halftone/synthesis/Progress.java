package io.halftone.synthesis;

import org.osgi.annotation.versioning.ConsumerType;

/** Told how far the work is, by one thread, several times a second. What it throws ends the work, which then leaves nothing behind. */
@FunctionalInterface
@ConsumerType
public interface Progress {
    /**
     * So much is written.
     *
     * @param bytes of weights, so far
     * @param all   bytes of weights that there will be
     */
    void written(long bytes, long all);
}
