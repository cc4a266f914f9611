package io.halftone.core.internal.calibrate;

/** Seeds of batches. */
final class Seeds {
    private Seeds() {}

    /** A seed for batch i: the SplitMix64 finalizer of (seed, i), so that batches can run in any order and place. */
    static long of(long seed, long i) {
        long z = seed + (i + 1) * 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
