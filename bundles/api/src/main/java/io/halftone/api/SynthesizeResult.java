package io.halftone.api;

import java.util.Map;

/**
 * What was synthesized.
 *
 * @param directory  the pipeline folder
 * @param parameters elements of the weights of each component that was written
 * @param bytes      size of all files
 * @param seconds    time taken
 */
public record SynthesizeResult(String directory, Map<String, Long> parameters, long bytes, double seconds) {
    public SynthesizeResult {
        parameters = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(parameters));
    }
}
