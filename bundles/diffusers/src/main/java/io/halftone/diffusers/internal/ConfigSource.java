package io.halftone.diffusers.internal;

import java.util.Map;

/** The configuration files of a pipeline, by path within its folder. */
interface ConfigSource {
    /** What messages call the folder. */
    String name();

    /** What messages call a file. */
    String where(String file);

    /** Whether there is a file of that name. */
    boolean has(String file);

    /** Whether there is a folder of that name. */
    boolean hasFolder(String name);

    /**
     * A file's values by key.
     *
     * @throws io.halftone.ops.CheckpointException if it is not there, or not JSON
     * @throws java.io.UncheckedIOException        if it cannot be read
     */
    Map<String, Object> read(String file);
}
