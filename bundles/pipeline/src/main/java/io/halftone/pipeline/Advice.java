package io.halftone.pipeline;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What to calibrate with where the user says nothing.
 *
 * @param algorithm  name of the algorithm
 * @param options    its options by name, such as {@code alpha}
 * @param collector  name of the collector
 * @param percentile the first fraction of denoising steps that counts, over 0 to 1
 * @param calibSize  prompts
 * @param batchSize  prompts that run together
 * @param steps      denoising steps of each
 */
public record Advice(String algorithm, Map<String, String> options, String collector, double percentile, int calibSize, int batchSize,
                     int steps) {
    public Advice {
        options = Collections.unmodifiableMap(new TreeMap<>(options));
    }
}
