package io.halftone.metrics;

/**
 * Mean and covariance of features, one vector for each picture, as the Fréchet distance takes them.
 *
 * @param mean       of each feature
 * @param covariance of each pair, divided by the number of vectors less 1
 */
public record FeatureStatistics(double[] mean, double[][] covariance) {
    public FeatureStatistics {
        if (covariance.length != mean.length) {
            throw new IllegalArgumentException("covariance: found " + covariance.length + " rows; expected " + mean.length);
        }
        mean = mean.clone();
        covariance = copy(covariance);
        for (double[] row : covariance) {
            if (row.length != mean.length) {
                throw new IllegalArgumentException("covariance: found a row of " + row.length + "; expected " + mean.length);
            }
        }
    }

    /**
     * Of vectors one behind the other.
     *
     * @param features (count, dim), row-major, finite
     * @throws IllegalArgumentException if there are fewer than two
     */
    public static FeatureStatistics of(float[] features, int dim) {
        int count = dim < 1 ? 0 : features.length / dim;
        if (count < 2 || features.length % dim != 0) {
            throw new IllegalArgumentException("features: found " + features.length + " values in vectors of " + dim
                + "; expected two vectors at least, each whole");
        }
        double[] mean = new double[dim];
        for (int i = 0; i < features.length; i++) {
            mean[i % dim] += features[i] / (double) count;
        }
        double[][] covariance = new double[dim][dim];
        double[] centred = new double[dim];
        for (int row = 0; row < count; row++) {
            for (int i = 0; i < dim; i++) {
                centred[i] = features[row * dim + i] - mean[i];
            }
            for (int i = 0; i < dim; i++) {
                double[] its = covariance[i];
                double x = centred[i] / (count - 1);
                for (int j = 0; j < dim; j++) {
                    its[j] += x * centred[j];
                }
            }
        }
        return new FeatureStatistics(mean, covariance);
    }

    /**
     * The Fréchet distance of two normal distributions with these statistics, squared, as FID is: |m1 - m2|^2 + tr(C1 + C2 -
     * 2 (C1 C2)^(1/2)). The root's trace is that of (C1^(1/2) C2 C1^(1/2))^(1/2), which is symmetric; eigenvalues below 0 are rounding and
     * count as 0. Source: Heusel et al. 2017, GANs trained by a two time-scale update rule, equation 6.
     *
     * @throws IllegalArgumentException if they have another number of features
     */
    public double frechetDistance(FeatureStatistics other) {
        int n = mean.length;
        if (other.mean.length != n) {
            throw new IllegalArgumentException("features: found " + other.mean.length + "; expected " + n);
        }
        double distance = 0;
        for (int i = 0; i < n; i++) {
            distance += (mean[i] - other.mean[i]) * (mean[i] - other.mean[i]) + covariance[i][i] + other.covariance[i][i];
        }
        double[][] root = root(covariance);
        double[][] product = product(product(root, other.covariance), root);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < i; j++) {
                product[i][j] = product[j][i] = (product[i][j] + product[j][i]) / 2;
            }
        }
        for (double value : SymmetricEigen.of(product).values()) {
            distance -= 2 * Math.sqrt(Math.max(0, value));
        }
        return distance;
    }

    private static double[][] root(double[][] matrix) {
        SymmetricEigen eigen = SymmetricEigen.of(matrix);
        int n = matrix.length;
        double[][] root = new double[n][n];
        for (int k = 0; k < n; k++) {
            double value = Math.sqrt(Math.max(0, eigen.values()[k]));
            double[] vector = eigen.vectors()[k];
            for (int i = 0; i < n; i++) {
                double x = value * vector[i];
                for (int j = 0; j < n; j++) {
                    root[i][j] += x * vector[j];
                }
            }
        }
        return root;
    }

    private static double[][] product(double[][] a, double[][] b) {
        int n = a.length;
        double[][] product = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int k = 0; k < n; k++) {
                double x = a[i][k];
                for (int j = 0; j < n; j++) {
                    product[i][j] += x * b[k][j];
                }
            }
        }
        return product;
    }

    private static double[][] copy(double[][] rows) {
        double[][] copies = new double[rows.length][];
        for (int i = 0; i < rows.length; i++) {
            copies[i] = rows[i].clone();
        }
        return copies;
    }

    @Override
    public double[] mean() {
        return mean.clone();
    }

    @Override
    public double[][] covariance() {
        return copy(covariance);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FeatureStatistics s && java.util.Arrays.equals(mean, s.mean) && java.util.Arrays.deepEquals(covariance, s.covariance);
    }

    @Override
    public int hashCode() {
        return 31 * java.util.Arrays.hashCode(mean) + java.util.Arrays.deepHashCode(covariance);
    }
}
