package io.halftone.algorithm.smoothquant.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

class SmoothingFactorsTest {
    private static final float[] A = {8, 0.5f, 2};
    private static final float[] W = {0.5f, 1, 2};

    @Test
    void balancesInputAndWeight() {
        assertArrayEquals(new float[] {0.164938f, 1.741101f, 0.659754f}, SmoothingFactors.of(A, W, 0.8), 1e-6f);
        assertArrayEquals(new float[] {0.25f, 1.41421356f, 1}, SmoothingFactors.of(A, W, 0.5), 1e-6f);
    }

    @Test
    void alphaOneLooksAtTheInputAlone() {
        assertArrayEquals(new float[] {0.125f, 2, 0.5f}, SmoothingFactors.of(A, W, 1));
    }

    @Test
    void alphaZeroLooksAtTheWeightAlone() {
        assertArrayEquals(W, SmoothingFactors.of(A, W, 0));
    }

    @Test
    void deadChannelsStayAsTheyAre() {
        assertArrayEquals(new float[] {1, 1, 1}, SmoothingFactors.of(new float[] {0, 3, 0}, new float[] {2, 0, 0}, 0.8));
    }

    @Test
    void factorsAreBounded() {
        assertArrayEquals(new float[] {1e4f, 1e-4f}, SmoothingFactors.of(new float[] {1e-6f, 1e6f}, new float[] {1, 1}, 1));
    }
}
