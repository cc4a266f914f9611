package io.halftone.algorithm.svdquant.internal;

import java.util.Arrays;

/** Singular values of a small matrix by one-sided Jacobi rotations in float64: what randomized ones are compared with. */
final class FullSvd {
    private FullSvd() {}

    /** The singular values of (rows, columns), the largest first. */
    static double[] values(float[] matrix, int rows, int columns) {
        double[][] c = new double[columns][rows];
        for (int i = 0; i < matrix.length; i++) {
            c[i % columns][i / columns] = matrix[i];
        }
        for (int sweep = 0; sweep < 30; sweep++) {
            for (int p = 0; p < columns; p++) {
                for (int q = p + 1; q < columns; q++) {
                    rotate(c[p], c[q]);
                }
            }
        }
        double[] values = new double[columns];
        for (int j = 0; j < columns; j++) {
            values[j] = -Math.sqrt(Basis.dot(c[j], c[j]));
        }
        Arrays.sort(values);
        return Arrays.stream(values).map(v -> -v).toArray();
    }

    private static void rotate(double[] x, double[] y) {
        double xy = Basis.dot(x, y);
        if (xy == 0) {
            return;
        }
        double tau = (Basis.dot(y, y) - Basis.dot(x, x)) / (2 * xy);
        double t = Math.copySign(1, tau) / (Math.abs(tau) + Math.hypot(1, tau));
        double cos = 1 / Math.hypot(1, t);
        for (int k = 0; k < x.length; k++) {
            double old = x[k];
            x[k] = cos * (old - t * y[k]);
            y[k] = cos * (t * old + y[k]);
        }
    }
}
