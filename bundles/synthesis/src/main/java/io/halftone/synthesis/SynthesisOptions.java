package io.halftone.synthesis;

import io.halftone.ops.DType;

/**
 * How random weights are made.
 *
 * @param type    of every weight: FLOAT32, FLOAT16 or BFLOAT16
 * @param seed    the same seed gives the same bytes, whatever the number of threads
 * @param threads that draw numbers, at least 1
 */
public record SynthesisOptions(DType type, long seed, int threads) {
    public SynthesisOptions {
        if (!type.isCompute()) {
            throw new IllegalArgumentException("dtype: found " + type + "; expected FLOAT32, FLOAT16 or BFLOAT16");
        }
        if (threads < 1) {
            throw new IllegalArgumentException("threads: found " + threads + "; expected >= 1");
        }
    }

    /** A thread for every processor. */
    public static SynthesisOptions of(DType type, long seed) {
        return new SynthesisOptions(type, seed, Runtime.getRuntime().availableProcessors());
    }
}
