package io.halftone.torch.internal;

import static io.halftone.torch.internal.Tasks.assertTensor;
import static io.halftone.torch.internal.Tasks.longs;
import static io.halftone.torch.internal.Tasks.tensor;
import static io.halftone.torch.internal.Tasks.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TorchLayersTest {
    private static final double EPSILON = 1e-5;
    private static final Shape PIXELS = Shape.of(1, 1, 3, 3);

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void softmaxAddsUpToOneAlongTheAxis(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, Shape.of(2, 2), 0, 1, 1, 1);
            double e = Math.E;
            assertTensor(ops, ops.softmax(x, -1), Shape.of(2, 2), 1 / (1 + e), e / (1 + e), 0.5, 0.5);
            assertTensor(ops, ops.softmax(x, 0), Shape.of(2, 2), 1 / (1 + e), 0.5, e / (1 + e), 0.5);
            assertEquals(type, ops.dtype(ops.softmax(x, 0)));
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void layerNormHasMeanZeroAndVarianceOne(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, Shape.of(1, 4), 1, 2, 3, 4);
            double d = Math.sqrt(1.25 + EPSILON);
            assertTensor(ops, ops.layerNorm(x, EPSILON), Shape.of(1, 4), -1.5 / d, -0.5 / d, 0.5 / d, 1.5 / d);
            Tensor weight = tensor(ops, Shape.of(4), 1, 2, 1, 2);
            Tensor bias = tensor(ops, Shape.of(4), 0, 0, 1, 1);
            assertTensor(ops, ops.layerNorm(x, weight, bias, EPSILON), Shape.of(1, 4), -1.5 / d, -1 / d, 0.5 / d + 1, 3 / d + 1);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void rmsNormDividesByTheRootOfTheMeanSquare(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, Shape.of(2, 2), 3, 4, 6, 8);
            Tensor weight = tensor(ops, Shape.of(2), 1, 2);
            double a = Math.sqrt(12.5 + 1e-6);
            Tensor found = ops.rmsNorm(x, weight, 1e-6);
            assertTensor(ops, found, Shape.of(2, 2), 3 / a, 8 / a, 3 / a, 8 / a);
            assertEquals(type, ops.dtype(found));
        });
    }

    @Test
    void rmsNormSquaresBeyondTheRangeOfFloat16() {
        with(DType.FLOAT16, ops -> {
            Tensor x = tensor(ops, Shape.of(1, 2), 1024, -1024);
            assertTensor(ops, ops.rmsNorm(x, tensor(ops, Shape.of(2), 1, 1), 1e-6), Shape.of(1, 2), 1, -1);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void groupNormTakesStatisticsOfEachGroup(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, Shape.of(1, 4, 1, 1), 1, 3, 10, 30);
            double d = Math.sqrt(1 + EPSILON);   // nothing beside the second group's variance of 100
            Tensor weight = tensor(ops, Shape.of(4), 1, 2, 1, 2);
            Tensor bias = tensor(ops, Shape.of(4), 0, 0, 1, 1);
            assertTensor(ops, ops.groupNorm(x, 2, weight, bias, EPSILON), Shape.of(1, 4, 1, 1), -1 / d, 2 / d, 0, 3);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void matmulIsBatched(DType type) {
        with(type, ops -> {
            Tensor a = tensor(ops, Shape.of(2, 1, 2), 1, 2, 3, 4);
            Tensor b = tensor(ops, Shape.of(2, 2, 1), 5, 6, 7, 8);
            assertTensor(ops, ops.matmul(a, b), Shape.of(2, 1, 1), 17, 53);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void linearMultipliesWithTheTransposedWeight(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, Shape.of(1, 2, 2), 1, 2, 3, 4);
            Tensor weight = tensor(ops, Shape.of(3, 2), 1, 0, 0, 1, 1, -1);
            assertTensor(ops, ops.linear(x, weight), Shape.of(1, 2, 3), 1, 2, -1, 3, 4, -1);
            Tensor bias = tensor(ops, Shape.of(3), 10, 20, 30);
            assertTensor(ops, ops.linear(x, weight, bias), Shape.of(1, 2, 3), 11, 22, 29, 13, 24, 29);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void convolutionHasStrideAndPadding(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, PIXELS, 1, 2, 3, 4, 5, 6, 7, 8, 9);
            Tensor ones = tensor(ops, PIXELS, 1, 1, 1, 1, 1, 1, 1, 1, 1);
            var geometry = new Layer.Conv("conv", Role.CONVOLUTION, 1, 1, 3, 2, 1, true);
            assertTensor(ops, ops.conv(x, ones, tensor(ops, Shape.of(1), 100), geometry), Shape.of(1, 1, 2, 2), 112, 116, 124, 128);
            assertTensor(ops, ops.conv(x, ones, geometry), Shape.of(1, 1, 2, 2), 12, 16, 24, 28);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void pointwiseConvolutionMixesChannels(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, Shape.of(1, 2, 1, 2), 1, 2, 3, 4);
            Tensor weight = tensor(ops, Shape.of(1, 2, 1, 1), 1, 10);
            var geometry = new Layer.Conv("conv", Role.CONVOLUTION, 2, 1, 1, 1, 0, false);
            assertTensor(ops, ops.conv(x, weight, geometry), Shape.of(1, 1, 1, 2), 31, 42);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void attentionWeighsValuesByScaledProducts(DType type) {
        with(type, ops -> {
            Tensor q = tensor(ops, Shape.of(1, 1, 2, 2), 1, 0, 0, 2);
            Tensor k = tensor(ops, Shape.of(1, 1, 2, 2), 1, 0, 0, 1);
            Tensor v = tensor(ops, Shape.of(1, 1, 2, 2), 1, 0, 0, 1);
            double first = 1 / (1 + Math.exp(-0.5));
            double second = 1 / (1 + Math.exp(-1));
            assertTensor(ops, ops.attention(q, k, v, 0.5, false), Shape.of(1, 1, 2, 2), first, 1 - first, 1 - second, second);
            assertTensor(ops, ops.attention(q, k, v, 0.5, true), Shape.of(1, 1, 2, 2), 1, 0, 1 - second, second);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void attentionTakesOtherNumbersOfKeysAndOtherValueSizes(DType type) {
        with(type, ops -> {
            Tensor q = tensor(ops, Shape.of(1, 1, 1, 2), 0, 0);
            Tensor k = tensor(ops, Shape.of(1, 1, 3, 2), 1, 2, 3, 4, 5, 6);
            Tensor v = tensor(ops, Shape.of(1, 1, 3, 1), 3, 6, 9);
            assertTensor(ops, ops.attention(q, k, v, 1, false), Shape.of(1, 1, 1, 1), 6);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void embeddingLooksUpRows(DType type) {
        with(type, ops -> {
            Tensor table = tensor(ops, Shape.of(3, 2), 1, 2, 3, 4, 5, 6);
            assertTensor(ops, ops.embedding(table, longs(ops, Shape.of(1, 2), 2, 0)), Shape.of(1, 2, 2), 5, 6, 1, 2);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void selectTakesOneTokenOfEachOfTheBatch(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, Shape.of(2, 2, 2), 1, 2, 3, 4, 5, 6, 7, 8);
            assertTensor(ops, ops.select(x, longs(ops, Shape.of(2), 1, 0)), Shape.of(2, 2), 3, 4, 5, 6);
        });
    }

    @Test
    void selectRefusesAnotherRank() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, Shape.of(2, 2), 1, 2, 3, 4);
            var e = assertThrows(IllegalArgumentException.class, () -> ops.select(x, longs(ops, Shape.of(2), 1, 0)));
            assertEquals("select: found [2, 2]; expected rank 3", e.getMessage());
        });
    }

    @Test
    void sameOperationsGiveSameBits() {
        with(DType.FLOAT32, ops -> {
            Tensor x = ops.sin(tensor(ops, Shape.of(1, 64), sequence(64)));
            Tensor w = ops.cos(tensor(ops, Shape.of(64, 64), sequence(64 * 64)));
            assertArrayEquals(ops.toFloats(ops.linear(x, w)), ops.toFloats(ops.linear(x, w)));
        });
    }

    private static double[] sequence(int n) {
        double[] values = new double[n];
        for (int i = 0; i < n; i++) {
            values[i] = i;
        }
        return values;
    }
}
