package io.halftone.api;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How long the parts of a pipeline took with each backbone.
 *
 * @param variants in the order in which they were asked for
 * @param shapes   the backbone's inputs, by name
 * @param settings of the runs by name: dtype, batch, size, steps, warm-ups, runs
 * @param machine  hardware and versions by name
 * @param seconds  time taken, warming up included
 */
public record BenchmarkResult(List<Variant> variants, Map<String, String> shapes, Map<String, String> settings, Map<String, String> machine,
                              double seconds) {
    /**
     * One backbone's times.
     *
     * @param name     as it was asked for
     * @param backbone what ran: library, version, device, threads
     * @param parts    in the order in which they run, the whole last
     * @param note     what a reader must know, such as integer layers computed in float; empty if nothing
     */
    public record Variant(String name, String backbone, List<Part> parts, String note) {
        public Variant {
            parts = List.copyOf(parts);
        }

        /** The part of that name; throws {@link IllegalArgumentException} if there is none. */
        public Part part(String part) {
            return parts.stream().filter(p -> p.name().equals(part)).findFirst().orElseThrow(() -> new IllegalArgumentException(
                "part: found " + part + "; expected one of " + parts.stream().map(Part::name).toList()));
        }
    }

    /**
     * A part of the pipeline. Each time is from an idle device to one that is idle again.
     *
     * @param name         text encoders, backbone step, denoising step, all steps, VAE, end to end
     * @param samples      how many were timed
     * @param medianMillis the middle one
     * @param p95Millis    one that 95 of 100 did not exceed
     */
    public record Part(String name, int samples, double medianMillis, double p95Millis) {}

    public BenchmarkResult {
        variants = List.copyOf(variants);
        shapes = Collections.unmodifiableMap(new LinkedHashMap<>(shapes));
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        machine = Collections.unmodifiableMap(new LinkedHashMap<>(machine));
    }
}
