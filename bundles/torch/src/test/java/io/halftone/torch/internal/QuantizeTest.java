package io.halftone.torch.internal;

import static io.halftone.torch.internal.Tasks.tensor;
import static io.halftone.torch.internal.Tasks.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import java.util.Arrays;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class QuantizeTest {
    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void int8RoundsHalfToEven(DType type) {
        with(type, ops -> {
            Tensor x = tensor(ops, Shape.of(8), 0.25, 0.75, 1.25, 1.75, -0.25, -0.75, 0.5, 0.3125);
            Tensor q = ops.quantize(x, DType.INT8, ops.constant(0.5, type), 0);
            assertEquals(DType.INT8, ops.dtype(q));
            assertArrayEquals(new float[] {0, 2, 2, 4, 0, -2, 1, 1}, ops.toFloats(q));
        });
    }

    @Test
    void int8Saturates() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, Shape.of(6), 127.4, 127.5, 1e30, -128.5, -129, Float.NEGATIVE_INFINITY);
            assertArrayEquals(new float[] {127, 127, 127, -128, -128, -128}, ops.toFloats(ops.quantize(x, DType.INT8, ops.constant(1, DType.FLOAT32), 0)));
        });
    }

    @Test
    void scalesLieAlongTheirAxis() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, Shape.of(2, 2), 1, 2, 3, 4);
            Tensor scale = tensor(ops, Shape.of(2), 1, 0.5);
            Tensor rows = ops.quantize(x, DType.INT8, scale, 0);
            assertArrayEquals(new float[] {1, 2, 6, 8}, ops.toFloats(rows));
            assertArrayEquals(new float[] {1, 4, 3, 8}, ops.toFloats(ops.quantize(x, DType.INT8, scale, -1)));
            assertArrayEquals(new float[] {1, 2, 3, 4}, ops.toFloats(ops.dequantize(rows, scale, 0)));
        });
    }

    @Test
    void float16DividesInFloat32() {
        with(DType.FLOAT16, ops -> {
            // 9.5078125 / 3.802734375 is 2.50025..., which float16 would round to the tie 2.5 and then to 2
            Tensor x = tensor(ops, Shape.of(1), 9.5078125);
            Tensor scale = ops.constant(3.802734375, DType.FLOAT16);
            assertArrayEquals(new float[] {2.5f}, ops.toFloats(ops.div(x, scale)));
            assertArrayEquals(new float[] {3}, ops.toFloats(ops.quantize(x, DType.INT8, scale, 0)));
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void dequantizedIsTheProductInTheTypeOfTheScale(DType type) {
        with(type, ops -> {
            Tensor scale = ops.constant(0.1, type);
            Tensor x = ops.mul(tensor(ops, Shape.of(3), -128, 77, 3), scale);
            Tensor found = ops.dequantize(ops.quantize(x, DType.INT8, scale, 0), scale, 0);
            assertEquals(type, ops.dtype(found));
            assertArrayEquals(ops.toFloats(x), ops.toFloats(found));
        });
    }

    @ParameterizedTest
    @CsvSource({"1.0, 72, 0.9642857", "2.0, 144, 1.9285714", "3.3, 240, 3.2142857", "-0.05, -3.75, -0.0502232",
        "0.001, 0.078125, 0.0010463", "6.3, 448, 6.0"})
    void e4m3RoundTrips(float x, float code, float restored) {
        with(DType.FLOAT32, ops -> {
            Tensor scale = ops.constant(6f / 448f, DType.FLOAT32);
            Tensor q = ops.quantize(tensor(ops, Shape.of(1), x), DType.FLOAT8_E4M3, scale, 0);
            assertEquals(DType.FLOAT8_E4M3, ops.dtype(q));
            assertEquals(code, ops.toFloats(q)[0]);
            assertEquals(restored, ops.toFloats(ops.dequantize(q, scale, 0))[0], 1e-7 + 1e-6 * Math.abs(restored));
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void e4m3RoundsTiesToEven(DType type) {
        with(type, ops -> {
            assertArrayEquals(new float[] {16, 20, 20, 24, 0, 0x1p-8f, 1, 1.25f},
                e4m3(ops, 17, 19, 21, 23, 0x1p-10, 1.5 * 0x1p-9, 1.0625, 1.1875));
        });
    }

    @Test
    void e4m3SaturatesAndKeepsNotANumber() {
        with(DType.FLOAT32, ops -> {
            float[] found = e4m3(ops, 449, 500, 1e30, Float.POSITIVE_INFINITY, -1000, Float.NEGATIVE_INFINITY, Double.NaN);
            assertArrayEquals(new float[] {448, 448, 448, 448, -448, -448}, Arrays.copyOf(found, 6));
            assertTrue(Float.isNaN(found[6]));
        });
    }

    private static float[] e4m3(EagerOps<Tensor> ops, double... values) {
        Tensor x = tensor(ops, Shape.of(values.length), values);
        return ops.toFloats(ops.quantize(x, DType.FLOAT8_E4M3, ops.constant(1, ops.computeType()), 0));
    }

    @Test
    void refusesTypesThatAreNoneToQuantizeTo() {
        with(DType.FLOAT32, ops -> {
            Tensor one = ops.constant(1, DType.FLOAT32);
            var e = assertThrows(IllegalArgumentException.class, () -> ops.quantize(one, DType.UINT8, one, 0));
            assertEquals("quantize: found UINT8; expected INT8 or FLOAT8_E4M3", e.getMessage());
        });
    }

    @Test
    void refusesScalesThatDoNotFit() {
        with(DType.FLOAT32, ops -> {
            Tensor x = tensor(ops, Shape.of(2, 2), 1, 2, 3, 4);
            Tensor scale = tensor(ops, Shape.of(3), 1, 2, 3);
            var e = assertThrows(IllegalArgumentException.class, () -> ops.quantize(x, DType.INT8, scale, -1));
            assertEquals("scale: found [3]; expected a scalar, or one for each of axis 1 of [2, 2]", e.getMessage());
        });
    }
}
