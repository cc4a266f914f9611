package io.halftone.metrics;

/**
 * Eigenvalues of a symmetric matrix and their vectors, in float64: Householder reflections to three diagonals, then QL steps with
 * implicit shifts. Source: Golub and Van Loan, Matrix Computations, 8.3.
 *
 * @param values  in no order
 * @param vectors row i belongs to value i; orthonormal
 */
record SymmetricEigen(double[] values, double[][] vectors) {
    private static final int STEPS = 60;
    private static final double ROUNDING = Math.ulp(1.0);

    /**
     * @param matrix symmetric; not changed
     */
    static SymmetricEigen of(double[][] matrix) {
        int n = matrix.length;
        double[][] a = new double[n][];
        for (int i = 0; i < n; i++) {
            a[i] = matrix[i].clone();
        }
        double[] diagonal = new double[n];
        double[] beside = new double[n];
        double[][] rows = identity(n);
        reduce(a, diagonal, beside, rows);
        for (int low = 0; low < n; low++) {
            settle(low, diagonal, beside, rows);
        }
        return new SymmetricEigen(diagonal, rows);
    }

    private static double[][] identity(int n) {
        double[][] rows = new double[n][n];
        for (int i = 0; i < n; i++) {
            rows[i][i] = 1;
        }
        return rows;
    }

    /** Reflects column after column to zeros below the subdiagonal; beside[i] is the element between i and i + 1. */
    private static void reduce(double[][] a, double[] diagonal, double[] beside, double[][] rows) {
        int n = a.length;
        double[] v = new double[n];
        double[] p = new double[n];
        for (int k = 0; k < n - 2; k++) {
            double norm = 0;
            for (int i = k + 1; i < n; i++) {
                norm = Math.hypot(norm, a[k][i]);
            }
            beside[k] = norm == 0 ? 0 : a[k][k + 1] > 0 ? -norm : norm;
            if (norm == 0) {
                continue;
            }
            double length = 0;
            for (int i = k + 1; i < n; i++) {
                v[i] = i == k + 1 ? a[k][i] - beside[k] : a[k][i];
                length += v[i] * v[i];
            }
            double beta = 2 / length;
            double dot = 0;
            for (int i = k + 1; i < n; i++) {
                double sum = 0;
                for (int j = k + 1; j < n; j++) {
                    sum += a[i][j] * v[j];
                }
                p[i] = beta * sum;
                dot += p[i] * v[i];
            }
            for (int i = k + 1; i < n; i++) {
                p[i] -= beta / 2 * dot * v[i];
            }
            for (int i = k + 1; i < n; i++) {
                for (int j = k + 1; j < n; j++) {
                    a[i][j] -= v[i] * p[j] + p[i] * v[j];
                }
            }
            reflect(rows, v, k + 1, beta);
        }
        for (int i = 0; i < n; i++) {
            diagonal[i] = a[i][i];
        }
        if (n > 1) {
            beside[n - 2] = a[n - 2][n - 1];
        }
    }

    /** rows becomes (I - beta v v^T) rows. */
    private static void reflect(double[][] rows, double[] v, int from, double beta) {
        int n = rows.length;
        double[] product = new double[n];
        for (int i = from; i < n; i++) {
            for (int j = 0; j < n; j++) {
                product[j] += v[i] * rows[i][j];
            }
        }
        for (int i = from; i < n; i++) {
            double factor = beta * v[i];
            for (int j = 0; j < n; j++) {
                rows[i][j] -= factor * product[j];
            }
        }
    }

    /** QL steps until the element beside diagonal[low] is rounding. */
    private static void settle(int low, double[] d, double[] e, double[][] rows) {
        for (int step = 0; step <= STEPS; step++) {
            int end = low;
            while (end < d.length - 1 && Math.abs(e[end]) > ROUNDING * (Math.abs(d[end]) + Math.abs(d[end + 1]))) {
                end++;
            }
            if (end == low) {
                return;
            }
            double g = (d[low + 1] - d[low]) / (2 * e[low]);
            double r = Math.hypot(g, 1);
            g = d[end] - d[low] + e[low] / (g + Math.copySign(r, g));
            chase(low, end, g, d, e, rows);
        }
        throw new IllegalStateException("eigenvalues: found none after " + STEPS + " steps; expected a finite symmetric matrix");
    }

    private static void chase(int low, int end, double shift, double[] d, double[] e, double[][] rows) {
        double g = shift;
        double s = 1;
        double c = 1;
        double p = 0;
        for (int i = end - 1; i >= low; i--) {
            double f = s * e[i];
            double b = c * e[i];
            double r = Math.hypot(f, g);
            e[i + 1] = r;
            if (r == 0) {
                d[i + 1] -= p;
                e[end] = 0;
                return;
            }
            s = f / r;
            c = g / r;
            g = d[i + 1] - p;
            r = (d[i] - g) * s + 2 * c * b;
            p = s * r;
            d[i + 1] = g + p;
            g = c * r - b;
            double[] upper = rows[i + 1], lower = rows[i];
            for (int k = 0; k < upper.length; k++) {
                double t = upper[k];
                upper[k] = s * lower[k] + c * t;
                lower[k] = c * lower[k] - s * t;
            }
        }
        d[low] -= p;
        e[low] = g;
        e[end] = 0;
    }
}
