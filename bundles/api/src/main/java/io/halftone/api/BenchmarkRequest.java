package io.halftone.api;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Time a pipeline with several backbones, in turn.
 *
 * @param source   the pipeline
 * @param variants the backbones; at least one, each under a name of its own
 * @param sampling the pictures of one run
 * @param warmUps  runs of each variant before those that count
 * @param runs     runs of each variant that count
 */
public record BenchmarkRequest(PipelineSource source, List<Variant> variants, Sampling sampling, int warmUps, int runs) {
    /**
     * A backbone to time.
     *
     * @param name what results call it
     */
    public record Variant(String name, BackboneChoice backbone) {}

    public BenchmarkRequest {
        variants = List.copyOf(variants);
        Checks.atLeast("warm-up", warmUps, 0);
        Checks.atLeast("runs", runs, 1);
        if (variants.isEmpty()) {
            throw new IllegalArgumentException("variants: found none; expected at least one");
        }
        if (!sampling.initialLatents().isEmpty()) {
            throw new IllegalArgumentException("initial-latents: found " + sampling.initialLatents() + "; expected none: times do not depend on the "
                + "noise");
        }
        Set<String> names = new HashSet<>();
        for (Variant variant : variants) {
            if (!names.add(variant.name())) {
                throw new IllegalArgumentException("variants: found " + variant.name() + " twice; expected each name once");
            }
        }
    }
}
