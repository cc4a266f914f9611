package io.halftone.api;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Make the same pictures with several variants of a backbone, compare each with full precision, and report.
 *
 * @param source      the pipeline
 * @param variants    what is compared with full precision on libtorch, each under a name of its own
 * @param sampling    the pictures of one seed: prompts, steps, sizes; its seed gives way to each of {@code seeds}
 * @param seeds       each fixes the noise of one picture for each prompt
 * @param batchSize   pictures that are made together
 * @param calibration the runs that quantized variants are calibrated with
 * @param workers     calibration batches that run at a time; 0 for as many as processors and memory allow
 * @param gate        what every picture must reach
 * @param clip        folder of a CLIP model, whose score of each picture and its prompt is taken; empty for none
 * @param engineCache folder to keep exports and engines in; empty for the configured one
 * @param directory   folder to write to. What an evaluation of the same pictures left there is not made again
 * @param distribution where pictures are made, and which: a slice makes its part of each variant's and no report, for a last run over
 *                    the whole to go on from
 */
public record EvaluateRequest(PipelineSource source, List<Variant> variants, Sampling sampling, List<Long> seeds, int batchSize,
                              CalibrationSettings calibration, int workers, QualityGate gate, String clip, String engineCache,
                              String directory, Distribution distribution) {
    /** A backbone to compare with full precision. */
    public sealed interface Variant {
        /** What results call it. */
        String name();

        /** Name of the engine that runs it; empty for libtorch. */
        String engine();

        /** The name as files have it: letters, digits, dots and hyphens. */
        default String fileName() {
            return name().replaceAll("[^A-Za-z0-9.]+", "-");
        }
    }

    /** The pipeline's own backbone on an engine. */
    public record Full(String name, String engine) implements Variant {
        public Full {
            if (engine.isEmpty()) {
                throw new IllegalArgumentException("variants: found full precision on libtorch; expected it on an engine: each variant is compared "
                    + "with libtorch as it is");
            }
        }
    }

    /** Quantized with these settings: fake quantization on libtorch, or real codes on an engine. */
    public record Quantized(String name, QuantSettings settings, String engine) implements Variant {}

    /** A quantized checkpoint. */
    public record Restored(String name, String checkpoint, String engine) implements Variant {}

    /** All of it, in this process. */
    public EvaluateRequest(PipelineSource source, List<Variant> variants, Sampling sampling, List<Long> seeds, int batchSize,
                           CalibrationSettings calibration, int workers, QualityGate gate, String clip, String engineCache, String directory) {
        this(source, variants, sampling, seeds, batchSize, calibration, workers, gate, clip, engineCache, directory, Distribution.here());
    }

    public EvaluateRequest {
        variants = List.copyOf(variants);
        for (Variant variant : variants) {
            if (!variant.fileName().matches("[A-Za-z0-9-].*")) {
                throw new IllegalArgumentException("variant " + variant.name()
                    + ": found a name that no file can have; expected one with letters or digits first");
            }
        }
        seeds = List.copyOf(seeds);
        Checks.atLeast("batch-size", batchSize, 1);
        Checks.atLeast("workers", workers, 0);
        if (variants.isEmpty()) {
            throw new IllegalArgumentException("variants: found none beside full precision; expected at least one");
        }
        if (seeds.isEmpty() || new HashSet<>(seeds).size() < seeds.size()) {
            throw new IllegalArgumentException("seeds: found " + seeds + "; expected at least one, each once");
        }
        if (sampling.imagesPerPrompt() != 1 || !sampling.initialLatents().isEmpty()) {
            throw new IllegalArgumentException("sampling: found pictures per prompt or latents that are given; expected seeds alone");
        }
        Set<String> names = new HashSet<>(Set.of("full"));
        for (Variant variant : variants) {
            if (!names.add(variant.fileName())) {
                throw new IllegalArgumentException("variants: found " + variant.name() + " twice; expected each name once");
            }
        }
    }
}
