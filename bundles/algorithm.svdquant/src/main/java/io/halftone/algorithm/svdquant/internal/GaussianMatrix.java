package io.halftone.algorithm.svdquant.internal;

import java.nio.charset.StandardCharsets;

/** Standard normal numbers that depend on a name and their place alone, so that a layer gets the same ones in any run and order. */
final class GaussianMatrix {
    // FNV-1a, 64 bits
    private static final long FNV_OFFSET = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;
    // SplitMix64: Steele, Lea and Flood, Fast splittable pseudorandom number generators, OOPSLA 2014
    private static final long GOLDEN = 0x9e3779b97f4a7c15L;
    private static final long MIX_1 = 0xbf58476d1ce4e5b9L;
    private static final long MIX_2 = 0x94d049bb133111ebL;

    private GaussianMatrix() {}

    /** (rows, columns), row-major. */
    static float[] of(String name, int rows, int columns) {
        long key = FNV_OFFSET;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            key = (key ^ b & 0xff) * FNV_PRIME;
        }
        float[] values = new float[rows * columns];
        for (int i = 0; i < values.length; i++) {
            // Box and Muller; StrictMath, so that every machine has the same bits
            double radius = Math.sqrt(-2 * StrictMath.log(1 - uniform(key, 2L * i)));
            values[i] = (float) (radius * StrictMath.cos(2 * Math.PI * uniform(key, 2L * i + 1)));
        }
        return values;
    }

    /** The number at a place of the stream: 0 to below 1. */
    private static double uniform(long key, long counter) {
        long z = key + (counter + 1) * GOLDEN;
        z = (z ^ z >>> 30) * MIX_1;
        z = (z ^ z >>> 27) * MIX_2;
        return ((z ^ z >>> 31) >>> 11) * 0x1p-53;
    }
}
