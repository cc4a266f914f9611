package io.halftone.torch.internal;

import static io.halftone.torch.internal.Tasks.assertTensor;
import static io.halftone.torch.internal.Tasks.longs;
import static io.halftone.torch.internal.Tasks.tensor;
import static io.halftone.torch.internal.Tasks.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.DoubleUnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TorchElementsTest {
    private static final Shape TWO_BY_THREE = Shape.of(2, 3);

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void broadcastsArithmetic(DType type) {
        with(type, ops -> {
            Tensor a = tensor(ops, TWO_BY_THREE, 1, 2, 3, 4, 5, 6);
            Tensor row = tensor(ops, Shape.of(3), 1, 2, 4);
            assertTensor(ops, ops.add(a, row), TWO_BY_THREE, 2, 4, 7, 5, 7, 10);
            assertTensor(ops, ops.sub(a, row), TWO_BY_THREE, 0, 0, -1, 3, 3, 2);
            assertTensor(ops, ops.mul(a, row), TWO_BY_THREE, 1, 4, 12, 4, 10, 24);
            assertTensor(ops, ops.div(a, row), TWO_BY_THREE, 1, 1, 0.75, 4, 2.5, 1.5);
            assertTensor(ops, ops.maximum(a, row), TWO_BY_THREE, 1, 2, 4, 4, 5, 6);
            assertTensor(ops, ops.minimum(a, row), TWO_BY_THREE, 1, 2, 3, 1, 2, 4);
            assertEquals(type, ops.dtype(ops.div(a, ops.constant(3, type))));
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void computesFunctionsOfOneElement(DType type) {
        with(type, ops -> {
            assertFunction(ops, EagerOps::sin, Math::sin);
            assertFunction(ops, EagerOps::cos, Math::cos);
            assertFunction(ops, EagerOps::exp, Math::exp);
            assertFunction(ops, EagerOps::tanh, Math::tanh);
            assertFunction(ops, EagerOps::abs, Math::abs);
            assertFunction(ops, (o, x) -> o.sqrt(o.abs(x)), x -> Math.sqrt(Math.abs(x)));
            assertFunction(ops, EagerOps::sigmoid, x -> 1 / (1 + Math.exp(-x)));
            assertFunction(ops, EagerOps::silu, x -> x / (1 + Math.exp(-x)));
            assertFunction(ops, EagerOps::geluTanh, x -> x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
            assertFunction(ops, (o, x) -> o.clamp(x, -1, 0.5), x -> Math.max(-1, Math.min(0.5, x)));
        });
    }

    private static void assertFunction(EagerOps<Tensor> ops, BiFunction<EagerOps<Tensor>, Tensor, Tensor> found, DoubleUnaryOperator expected) {
        double[] values = {-2.5, -1, -0.25, 0, 0.5, 1.75, 3};
        Tensor x = tensor(ops, Shape.of(7), values);
        assertTensor(ops, found.apply(ops, x), Shape.of(7), Arrays.stream(values).map(expected).toArray());
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void geluIsThatOfTheErrorFunction(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, Shape.of(4), -2, 0, 1, 2);
            // x times the standard normal distribution function: 0.02275013, 0.5, 0.84134475, 0.97724987
            assertTensor(ops, ops.gelu(x), Shape.of(4), -0.04550026, 0, 0.84134475, 1.95449974);
        });
    }

    @Test
    void geluAndItsApproximationDiffer() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, Shape.of(1), 2);
            // 1.95449974 and 1.95459769
            assertEquals(-9.8e-5, ops.toFloats(ops.sub(ops.gelu(x), ops.geluTanh(x)))[0], 1e-6);
        });
    }

    @Test
    void roundsHalfToEven() {
        with(DType.FLOAT32, ops -> assertArrayEquals(new float[] {-2, -2, 0, 2, 2, 4},
            ops.toFloats(ops.round(tensor(ops, Shape.of(6), -2.5, -1.5, 0.5, 1.5, 2.5, 3.5)))));
    }

    @Test
    void refusesOperandsOfDifferentTypes() {
        with(DType.FLOAT32, ops -> {
            Tensor a = ops.constant(1, DType.FLOAT32);
            Tensor b = ops.constant(1, DType.FLOAT16);
            var e = assertThrows(IllegalArgumentException.class, () -> ops.add(a, b));
            assertEquals("add: found FLOAT16; expected FLOAT32, the type of the first", e.getMessage());
        });
    }

    @Test
    void castReturnsTheTensorItselfWhereItHasTheType() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, Shape.of(1), 1);
            assertSame(x, ops.cast(x, DType.FLOAT32));
            assertNotSame(x, ops.cast(x, DType.FLOAT16));
        });
    }

    @Test
    void castRoundsToNearestEven() {
        with(DType.FLOAT32, ops -> {
            // float16 has 11 significant bits: 2049 and 2051 lie half way between its neighbours
            Tensor x = tensor(ops, Shape.of(3), 2049, 2051, 2052);
            assertArrayEquals(new float[] {2048, 2052, 2052}, ops.toFloats(ops.cast(x, DType.FLOAT16)));
            Tensor y = tensor(ops, Shape.of(2), 257, 259);
            assertArrayEquals(new float[] {256, 260}, ops.toFloats(ops.cast(y, DType.BFLOAT16)));
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void changesLayout(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, TWO_BY_THREE, 1, 2, 3, 4, 5, 6);
            Tensor transposed = ops.permute(x, 1, 0);
            assertTensor(ops, transposed, Shape.of(3, 2), 1, 4, 2, 5, 3, 6);
            assertTensor(ops, ops.reshape(transposed, Shape.of(6)), Shape.of(6), 1, 4, 2, 5, 3, 6);
            assertTensor(ops, ops.concat(-1, List.of(x, x)), Shape.of(2, 6), 1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6);
            assertTensor(ops, ops.concat(0, List.of(x, x)), Shape.of(4, 3), 1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6);
            assertTensor(ops, ops.slice(x, -1, 1, 3), Shape.of(2, 2), 2, 3, 5, 6);
            assertTensor(ops, ops.slice(x, 0, 1, 2), Shape.of(1, 3), 4, 5, 6);
            assertTensor(ops, ops.expand(ops.slice(x, 0, 0, 1), Shape.of(2, 3)), TWO_BY_THREE, 1, 2, 3, 1, 2, 3);
        });
    }

    @Test
    void sliceRefusesWhatLiesOutside() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, TWO_BY_THREE, 1, 2, 3, 4, 5, 6);
            var e = assertThrows(IllegalArgumentException.class, () -> ops.slice(x, -1, 2, 4));
            assertEquals("slice of [2, 3], axis -1: found 2 to 4; expected a part of 0 to 3", e.getMessage());
        });
    }

    @Test
    void expandRefusesAnotherRank() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, Shape.of(3), 1, 2, 3);
            var e = assertThrows(IllegalArgumentException.class, () -> ops.expand(x, TWO_BY_THREE));
            assertEquals("expand: found [3]; expected the rank of [2, 3]", e.getMessage());
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void padsOneAxis(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, Shape.of(2, 2), 1, 2, 3, 4);
            assertTensor(ops, ops.pad(x, 0, 1, 0), Shape.of(3, 2), 0, 0, 1, 2, 3, 4);
            assertTensor(ops, ops.pad(x, -1, 0, 2), Shape.of(2, 4), 1, 2, 0, 0, 3, 4, 0, 0);
        });
    }

    @Test
    void padRefusesNegativeExtents() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, Shape.of(2), 1, 2);
            var e = assertThrows(IllegalArgumentException.class, () -> ops.pad(x, 0, 0, -1));
            assertEquals("pad: found 0 before and -1 behind; expected >= 0", e.getMessage());
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void upsamplesToTheGivenSize(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, Shape.of(1, 1, 2, 2), 1, 2, 3, 4);
            assertTensor(ops, ops.upsampleNearest(x, Dim.of(3), Dim.of(4)), Shape.of(1, 1, 3, 4), 1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void argmaxIsTheFirstOfTheLargest(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, Shape.of(2, 4), 1, 7, 7, 2, 3, 3, 3, 3);
            Tensor found = ops.argmax(x, -1);
            assertEquals(DType.INT64, ops.dtype(found));
            assertTensor(ops, found, Shape.of(2), 1, 0);
        });
    }

    @Test
    void equalGivesBooleans() {
        with(DType.FLOAT32, ops -> {
            Tensor ids = longs(ops, Shape.of(2, 2), 5, 49407, 49407, 49407);
            Tensor found = ops.equal(ids, ops.constant(49407, DType.INT64));
            assertEquals(DType.BOOL, ops.dtype(found));
            assertTensor(ops, found, Shape.of(2, 2), 0, 1, 1, 1);
            assertTensor(ops, ops.argmax(ops.cast(found, DType.INT32), -1), Shape.of(2), 1, 0);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void amaxKeepsTheAxesItReduces(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, Shape.of(2, 1, 3), 1, 9, 3, 4, 5, 6);
            assertTensor(ops, ops.amax(x, 0, -1), Shape.of(1, 1, 1), 9);
            assertTensor(ops, ops.amax(x, 0), Shape.of(1, 1, 3), 4, 9, 6);
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void amaxAndSumOfAllAreScalars(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, TWO_BY_THREE, 1, 9, 3, 4, 5, 6);
            assertTensor(ops, ops.amax(x), Shape.of(new long[0]), 9);
            assertTensor(ops, ops.sum(x), Shape.of(new long[0]), 28);
            assertEquals(type, ops.dtype(ops.sum(x)));
        });
    }

    @Test
    void sumKeepsAnIntegerType() {
        with(DType.FLOAT32, ops -> {
            Tensor x = ops.cast(tensor(ops, Shape.of(2), 3, 4), DType.INT32);
            assertEquals(DType.INT32, ops.dtype(ops.sum(x)));
            assertTensor(ops, ops.sum(x), Shape.of(new long[0]), 7);
        });
    }

    @Test
    void constantsAreRoundedOnce() {
        with(DType.FLOAT32, ops -> {
            assertEquals(0.1f, ops.toFloats(ops.constant(0.1, DType.FLOAT32))[0]);
            assertEquals(0.099975586f, ops.toFloats(ops.constant(0.1, DType.FLOAT16))[0]);
            assertEquals(Shape.of(new long[0]), ops.shape(ops.constant(0.1, DType.FLOAT32)));
        });
    }

    @Test
    void constantRefusesAnotherNumberOfValues() {
        with(DType.FLOAT32, ops -> {
            var e = assertThrows(IllegalArgumentException.class, () -> ops.constant(new float[5], TWO_BY_THREE, DType.FLOAT32));
            assertEquals("constant of [2, 3]: found 5 values; expected 6", e.getMessage());
        });
    }
}
