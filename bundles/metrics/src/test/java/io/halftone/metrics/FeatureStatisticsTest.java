package io.halftone.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FeatureStatisticsTest {
    /** With fewer pictures than features too, where the covariances are singular. */
    @ParameterizedTest
    @CsvSource({"40, 12", "9, 16"})
    void theFrechetDistanceIsThatOfTheGolden(int count, int dim) throws IOException {
        double found = FeatureStatistics.of(features(0, count, dim), dim).frechetDistance(FeatureStatistics.of(features(1, count, dim), dim));
        assertEquals(ImageMetricsTest.golden("frechet." + count + "x" + dim), found, 1e-5);
    }

    @Test
    void isZeroForTheSameFeatures() {
        FeatureStatistics own = FeatureStatistics.of(features(0, 40, 12), 12);
        assertEquals(0, own.frechetDistance(own), 1e-9);
    }

    @Test
    void isTheClosedFormOfOneFeature() {
        var a = new FeatureStatistics(new double[] {1}, new double[][] {{4}});
        var b = new FeatureStatistics(new double[] {3}, new double[][] {{9}});
        assertEquals(4 + (3 - 2) * (3 - 2), a.frechetDistance(b), 1e-12);
    }

    @Test
    void refusesASinglePicture() {
        var e = assertThrows(IllegalArgumentException.class, () -> FeatureStatistics.of(new float[5], 5));
        assertEquals("features: found 5 values in vectors of 5; expected two vectors at least, each whole", e.getMessage());
    }

    @Test
    void refusesAnotherNumberOfFeatures() {
        var e = assertThrows(IllegalArgumentException.class,
            () -> FeatureStatistics.of(features(0, 4, 3), 3).frechetDistance(FeatureStatistics.of(features(0, 4, 2), 2)));
        assertEquals("features: found 2; expected 3", e.getMessage());
    }

    /** V^T diag V gives the matrix back, and V is orthonormal, for a matrix with equal eigenvalues among them. */
    @Test
    void decomposesSymmetricMatrices() {
        int n = 30;
        Random random = new Random(5);
        double[][] matrix = new double[n][n];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j <= i; j++) {
                matrix[i][j] = matrix[j][i] = i < 20 ? random.nextGaussian() : i == j ? 2 : 0;
            }
        }
        SymmetricEigen eigen = SymmetricEigen.of(matrix);
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                double element = 0;
                double dot = 0;
                for (int k = 0; k < n; k++) {
                    element += eigen.values()[k] * eigen.vectors()[k][i] * eigen.vectors()[k][j];
                    dot += eigen.vectors()[i][k] * eigen.vectors()[j][k];
                }
                assertEquals(matrix[i][j], element, 1e-12);
                assertEquals(i == j ? 1 : 0, dot, 1e-12);
            }
        }
    }

    /** As make_goldens.py draws them. */
    private static float[] features(int seed, int count, int dim) {
        float[] features = new float[count * dim];
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < dim; j++) {
                features[i * dim + j] = (float) (Math.sin(0.7 * (i + 1) * (j + 2) + seed) + 0.3 * Math.cos(1.9 * i * i + j + seed) + 0.05 * seed * j);
            }
        }
        return features;
    }
}
