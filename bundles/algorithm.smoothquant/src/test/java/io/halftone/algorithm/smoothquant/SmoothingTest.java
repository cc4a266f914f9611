package io.halftone.algorithm.smoothquant;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SmoothingTest {
    private static final float[] A = {8, 0.5f, 2};
    private static final float[] W = {0.5f, 1, 2};

    private static float[] factors(float[] a, float[] w, double alpha) {
        return Smoothing.of(alpha, a, w, DType.FLOAT32).factors();
    }

    @Test
    void balancesInputAndWeight() {
        assertArrayEquals(new float[] {0.164938f, 1.741101f, 0.659754f}, factors(A, W, 0.8), 1e-6f);
        assertArrayEquals(new float[] {0.25f, 1.41421356f, 1}, factors(A, W, 0.5), 1e-6f);
    }

    @Test
    void alphaOneLooksAtTheInputAlone() {
        assertArrayEquals(new float[] {0.125f, 2, 0.5f}, factors(A, W, 1));
    }

    @Test
    void alphaZeroLooksAtTheWeightAlone() {
        assertArrayEquals(W, factors(A, W, 0));
    }

    @Test
    void deadChannelsStayAsTheyAre() {
        assertArrayEquals(new float[] {1, 1, 1, 1}, factors(new float[] {0, 3, 0, 0x1p-32f}, new float[] {2, 0, 0, 1}, 0.8));
    }

    @Test
    void factorsAreBounded() {
        assertArrayEquals(new float[] {1e4f, 1e-4f}, factors(new float[] {1e-6f, 1e6f}, new float[] {1, 1}, 1));
    }

    @Test
    void factorsAreThoseThatTheComputeTypeHolds() {
        assertArrayEquals(new float[] {0.1649169921875f, 1.7412109375f, 0.65966796875f}, Smoothing.of(0.8, A, W, DType.FLOAT16).factors());
        assertArrayEquals(new float[] {0.1650390625f, 1.7421875f, 0.66015625f}, Smoothing.of(0.8, A, W, DType.BFLOAT16).factors());
    }

    @Test
    void refusesAlphaOutOfRange() {
        Alpha.check(Map.of("alpha", "0.5"));
        Alpha.check(Map.of());
        for (String value : new String[] {"1.5", "-0.1", "NaN", "much"}) {
            var e = assertThrows(IllegalArgumentException.class, () -> Alpha.check(Map.of("alpha", value)));
            assertEquals("alpha: found " + value + "; expected 0 to 1", e.getMessage());
        }
    }
}
