package io.halftone.algorithm.svdquant.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.testkit.Tensors;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LowRankTest {
    private static LowRank of(float[] matrix, int out, int in, int rank) {
        return Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> LowRank with(EagerOps<T> ops) {
                return LowRank.of(ops, ops.constant(matrix, Shape.of(out, in), DType.FLOAT32), rank, "block.to_q");
            }
        });
    }

    private static float[] gaussian(int count, long seed) {
        Random random = new Random(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }

    /** matrix - b a. */
    private static float[] rest(float[] matrix, LowRank part, int in) {
        float[] rest = matrix.clone();
        for (int i = 0; i < rest.length; i++) {
            double product = 0;
            for (int r = 0; r < part.rank(); r++) {
                product += (double) part.b()[i / in * part.rank() + r] * part.a()[r * in + i % in];
            }
            rest[i] -= (float) product;
        }
        return rest;
    }

    private static float[] product(int out, int in, int rank) {
        return rest(new float[out * in], new LowRank(rank, gaussian(rank * in, 3), gaussian(out * rank, 4)), in);
    }

    @Test
    void factorsHaveTheSidesOfTheMatrix() {
        LowRank part = of(gaussian(40 * 64, 1), 40, 64, 8);
        assertEquals(8 * 64, part.a().length);
        assertEquals(40 * 8, part.b().length);
    }

    @Test
    void rowsOfAAreOrthonormal() {
        LowRank part = of(gaussian(40 * 64, 1), 40, 64, 8);
        for (int i = 0; i < 8; i++) {
            for (int j = 0; j < 8; j++) {
                double dot = 0;
                for (int k = 0; k < 64; k++) {
                    dot += (double) part.a()[i * 64 + k] * part.a()[j * 64 + k];
                }
                assertEquals(i == j ? 1 : 0, dot, 1e-6);   // float32
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"40, 64, 8", "64, 40, 8", "64, 64, 1", "20, 12, 11"})
    void recoversAMatrixOfItsRank(int out, int in, int rank) {
        float[] matrix = product(out, in, rank);
        float[] rest = rest(matrix, of(matrix, out, in, rank), in);
        // products of float32 numbers up to 10 or so, of which float32 holds 6e-7
        assertArrayEquals(new float[rest.length], rest, 2e-5f);
    }

    @Test
    void aMatrixOfLessRankLeavesZeros() {
        LowRank part = of(product(40, 64, 3), 40, 64, 8);
        for (int r = 3; r < 8; r++) {
            assertArrayEquals(new float[64], Arrays.copyOfRange(part.a(), r * 64, (r + 1) * 64));
        }
        LowRank ofZeros = of(new float[40 * 64], 40, 64, 8);
        assertArrayEquals(new float[8 * 64], ofZeros.a());
        assertArrayEquals(new float[40 * 8], ofZeros.b());
    }

    @ParameterizedTest
    @CsvSource({"64, 96, 8, 0", "96, 64, 16, 0", "96, 96, 16, 0.5", "96, 96, 16, 2"})
    void whatIsLeftIsNearlyTheLeastThereCanBe(int out, int in, int rank, double decay) {
        float[] matrix = gaussian(out * in, 7);
        for (int i = 0; i < matrix.length; i++) {
            matrix[i] *= (float) Math.pow(1 + i / in, -decay);
        }
        double[] values = FullSvd.values(matrix, out, in);
        double[] left = FullSvd.values(rest(matrix, of(matrix, out, in, rank), in), out, in);
        // the largest singular value left is the first that was not taken; a flat spectrum is the hardest to search
        assertTrue(left[0] >= values[rank] * (1 - 1e-5), left[0] + " of " + values[rank]);
        assertTrue(left[0] <= 1.05 * values[rank], left[0] + " of " + values[rank]);
    }

    @Test
    void isTheSameToTheBitEachTime() {
        float[] matrix = gaussian(96 * 64, 9);
        LowRank once = of(matrix, 96, 64, 8);
        LowRank again = of(matrix, 96, 64, 8);
        assertArrayEquals(once.a(), again.a());
        assertArrayEquals(once.b(), again.b());
    }

    @Test
    void randomNumbersDependOnNameAndPlace() {
        float[] numbers = GaussianMatrix.of("block.to_q", 100, 100);
        assertArrayEquals(Arrays.copyOf(numbers, 300), GaussianMatrix.of("block.to_q", 3, 100));
        assertFalse(Arrays.equals(numbers, GaussianMatrix.of("block.to_k", 100, 100)));
        double sum = 0;
        double squares = 0;
        for (float x : numbers) {
            sum += x;
            squares += x * x;
        }
        // of 10000 numbers: 4 standard deviations of their mean and of their variance
        assertEquals(0, sum / numbers.length, 0.04);
        assertEquals(1, squares / numbers.length, 0.06);
    }
}
