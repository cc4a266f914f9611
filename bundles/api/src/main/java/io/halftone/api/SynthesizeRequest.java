package io.halftone.api;

import io.halftone.ops.DType;

/**
 * Write a pipeline folder of a preset's true shapes with random weights, to measure memory, speed and export without weights.
 *
 * @param preset     name of the preset
 * @param directory  folder to write; must not hold anything
 * @param components {@code all}, or the names of components with weights, separated by commas; the others' configuration is written too
 * @param type       type of the weights: FLOAT32, FLOAT16 or BFLOAT16
 * @param seed       fixes every weight, whatever the number of threads
 */
public record SynthesizeRequest(String preset, String directory, String components, DType type, long seed) {
    public SynthesizeRequest {
        if (!type.isCompute()) {
            throw new IllegalArgumentException("dtype: found " + type + "; expected Float, Half or BFloat16");
        }
    }
}
