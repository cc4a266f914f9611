package io.halftone.scheduler.flowmatch.internal;

/**
 * The type that an array is computed in. A sum, product or quotient of two float32 numbers computed in float64 and then
 * rounded is the float32 one.
 */
enum Rounding {
    FLOAT32,
    FLOAT64;

    double round(double x) {
        return this == FLOAT32 ? (float) x : x;
    }
}
