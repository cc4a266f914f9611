package io.halftone.algorithm.svdquant.internal;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;

/**
 * The part of a matrix (out, in) that its largest singular values make up: b a.
 *
 * @param rank the number of singular values
 * @param a    (rank, in), row-major: right singular vectors
 * @param b    (out, rank), row-major: left singular vectors times their singular values
 */
record LowRank(int rank, float[] a, float[] b) {
    /** Vectors beyond the rank that the search carries along. */
    private static final int OVERSAMPLING = 10;
    private static final int POWER_ITERATIONS = 4;
    /** A singular value up to this part of the largest is rounding: the matrix has no such rank. */
    private static final double NOTHING = 1e-7;

    /**
     * By random projection: products with the matrix where it is, in float32; all that is small on the host, in float64.
     * Source: Halko, Martinsson and Tropp, Finding structure with randomness, arXiv 0909.4061, algorithms 4.4 and 5.1.
     *
     * @param w    (out, in), float32
     * @param rank less than both
     * @param name what the random numbers depend on
     */
    static <T> LowRank of(EagerOps<T> ops, T w, int rank, String name) {
        int out = (int) ops.shape(w).dim(0).size();
        int in = (int) ops.shape(w).dim(1).size();
        int width = Math.min(rank + OVERSAMPLING, Math.min(out, in));
        T transposed = ops.permute(w, 1, 0);
        // vectors are rows, so that each lies in one piece
        T random = ops.constant(GaussianMatrix.of(name, width, in), Shape.of(width, in), DType.FLOAT32);
        double[][] q = rows(ops, ops.matmul(random, transposed));
        Basis.orthonormalize(q);
        for (int i = 0; i < POWER_ITERATIONS; i++) {
            double[][] right = rows(ops, ops.matmul(tensor(ops, q), w));
            Basis.orthonormalize(right);
            q = rows(ops, ops.matmul(tensor(ops, right), transposed));
            Basis.orthonormalize(q);
        }
        return within(q, rows(ops, ops.matmul(tensor(ops, q), w)), rank);
    }

    /** The singular vectors of q^T projected, where projected = q w. */
    private static LowRank within(double[][] q, double[][] projected, int rank) {
        int width = q.length;
        double[][] gram = new double[width][width];
        for (int i = 0; i < width; i++) {
            for (int j = 0; j <= i; j++) {
                gram[i][j] = Basis.dot(projected[i], projected[j]);
                gram[j][i] = gram[i][j];
            }
        }
        double[][] vectors = SymmetricEigen.of(gram).vectors();
        int in = projected[0].length;
        int out = q[0].length;
        float[] a = new float[rank * in];
        float[] b = new float[out * rank];
        double largest = 0;
        for (int r = 0; r < rank; r++) {
            double[] right = combined(vectors[r], projected);
            double value = Math.sqrt(Basis.dot(right, right));
            largest = Math.max(largest, value);
            if (value <= NOTHING * largest) {
                continue;
            }
            double[] left = combined(vectors[r], q);
            for (int j = 0; j < in; j++) {
                a[r * in + j] = (float) (right[j] / value);
            }
            for (int i = 0; i < out; i++) {
                b[i * rank + r] = (float) (left[i] * value);
            }
        }
        return new LowRank(rank, a, b);
    }

    private static double[] combined(double[] factors, double[][] vectors) {
        double[] sum = new double[vectors[0].length];
        for (int i = 0; i < factors.length; i++) {
            Basis.addScaled(sum, factors[i], vectors[i]);
        }
        return sum;
    }

    private static <T> double[][] rows(EagerOps<T> ops, T matrix) {
        int columns = (int) ops.shape(matrix).dim(1).size();
        float[] values = ops.toFloats(matrix);
        double[][] rows = new double[values.length / columns][columns];
        for (int i = 0; i < values.length; i++) {
            rows[i / columns][i % columns] = values[i];
        }
        return rows;
    }

    private static <T> T tensor(EagerOps<T> ops, double[][] rows) {
        int columns = rows[0].length;
        float[] values = new float[rows.length * columns];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) rows[i / columns][i % columns];
        }
        return ops.constant(values, Shape.of(rows.length, columns), DType.FLOAT32);
    }
}
