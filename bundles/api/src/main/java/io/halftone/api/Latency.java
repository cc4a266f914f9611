package io.halftone.api;

import java.util.Map;

/**
 * How long calls of a backbone took.
 *
 * @param backbone     what ran: library, version, device, threads
 * @param runs         calls that were timed, after warming up
 * @param medianMillis the middle one
 * @param p95Millis    one that 95 of 100 did not exceed
 * @param shapes       the inputs' shapes, by name
 * @param note         what a reader must know, such as integer layers computed in float; empty if nothing
 */
public record Latency(String backbone, int runs, double medianMillis, double p95Millis, Map<String, String> shapes, String note) {
    public Latency {
        shapes = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(shapes));
    }
}
