package io.halftone.algorithm.svdquant.internal;

/** Orthonormal vectors, made from any. */
final class Basis {
    /** What is left of a vector that the others span is rounding: less than this part of it. */
    private static final double SPANNED = 1e-12;

    private Basis() {}

    /**
     * Makes the vectors orthonormal in place, in float64, by Gram and Schmidt's method done twice. A vector that those before
     * it span becomes zeros: it adds nothing to the space.
     */
    static void orthonormalize(double[][] vectors) {
        for (int i = 0; i < vectors.length; i++) {
            double[] v = vectors[i];
            double before = Math.sqrt(dot(v, v));
            for (int pass = 0; pass < 2; pass++) {
                for (int j = 0; j < i; j++) {
                    addScaled(v, -dot(vectors[j], v), vectors[j]);
                }
            }
            double norm = Math.sqrt(dot(v, v));
            double factor = norm <= SPANNED * before ? 0 : 1 / norm;
            for (int k = 0; k < v.length; k++) {
                v[k] *= factor;
            }
        }
    }

    static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** to += factor * x. */
    static void addScaled(double[] to, double factor, double[] x) {
        for (int i = 0; i < to.length; i++) {
            to[i] += factor * x[i];
        }
    }
}
