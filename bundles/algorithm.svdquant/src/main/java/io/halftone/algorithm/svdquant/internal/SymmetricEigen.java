package io.halftone.algorithm.svdquant.internal;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The eigenvalues of a symmetric matrix, the largest first, and their vectors, in float64.
 *
 * @param values  in descending order
 * @param vectors row i belongs to value i; orthonormal
 */
record SymmetricEigen(double[] values, double[][] vectors) {
    private static final int SWEEPS = 60;
    /** Elements off the diagonal up to this part of it are rounding. */
    private static final double ROUNDING = 1e-16;

    /**
     * By Jacobi's rotations, row by row.
     * Source: Golub and Van Loan, Matrix Computations, 8.5.
     *
     * @param matrix symmetric; overwritten
     */
    static SymmetricEigen of(double[][] matrix) {
        int n = matrix.length;
        double[][] vectors = new double[n][n];
        for (int i = 0; i < n; i++) {
            vectors[i][i] = 1;
        }
        boolean turned = true;
        for (int sweep = 0; turned && sweep < SWEEPS; sweep++) {
            turned = false;
            for (int p = 0; p < n; p++) {
                for (int q = p + 1; q < n; q++) {
                    turned |= rotate(matrix, vectors, p, q);
                }
            }
        }
        int[] order = IntStream.range(0, n).boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> matrix[i][i]).reversed()).mapToInt(Integer::intValue).toArray();
        double[] values = new double[n];
        double[][] sorted = new double[n][];
        for (int i = 0; i < n; i++) {
            values[i] = matrix[order[i]][order[i]];
            sorted[i] = vectors[order[i]];
        }
        return new SymmetricEigen(values, sorted);
    }

    /** Makes element (p, q) zero; false where it is already, but for rounding. */
    private static boolean rotate(double[][] a, double[][] vectors, int p, int q) {
        double off = a[p][q];
        if (Math.abs(off) <= ROUNDING * Math.sqrt(Math.abs(a[p][p] * a[q][q]))) {
            return false;
        }
        double tau = (a[q][q] - a[p][p]) / (2 * off);
        double t = Math.copySign(1, tau) / (Math.abs(tau) + Math.sqrt(1 + tau * tau));
        double c = 1 / Math.sqrt(1 + t * t);
        double s = t * c;
        for (double[] row : a) {
            double x = row[p];
            double y = row[q];
            row[p] = c * x - s * y;
            row[q] = s * x + c * y;
        }
        turn(a[p], a[q], c, s);
        turn(vectors[p], vectors[q], c, s);
        return true;
    }

    private static void turn(double[] x, double[] y, double c, double s) {
        for (int k = 0; k < x.length; k++) {
            double old = x[k];
            x[k] = c * old - s * y[k];
            y[k] = s * old + c * y[k];
        }
    }
}
