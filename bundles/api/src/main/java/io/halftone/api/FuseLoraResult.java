package io.halftone.api;

import java.util.Map;

/**
 * What was fused.
 *
 * @param directory the pipeline folder
 * @param changed   how many weights of each component changed
 * @param seconds   time taken
 */
public record FuseLoraResult(String directory, Map<String, Integer> changed, double seconds) {
    public FuseLoraResult {
        changed = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(changed));
    }
}
