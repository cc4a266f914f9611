package io.halftone.torch.internal;

import static io.halftone.torch.internal.Tasks.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Float16;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** All 8-bit floats, and all 16-bit values on their way to them, against a search among what the definition gives. */
class EveryFloat8Test {
    @Test
    void everyCodeHasItsValue() {
        with(DType.FLOAT32, ops -> {
            ByteBuffer codes = ByteBuffer.allocateDirect(256);
            for (int code = 0; code < 256; code++) {
                codes.put((byte) code);
            }
            Tensor q = ops.load(TensorView.host(DType.FLOAT8_E4M3, new long[] {256}, codes.flip()));
            float[] found = ops.toFloats(ops.dequantize(q, ops.constant(1, DType.FLOAT32), 0));
            for (int code = 0; code < 127; code++) {
                assertEquals((float) Nearest.E4M3[code], found[code]);
                assertEquals((float) -Nearest.E4M3[code], found[code + 128]);
            }
            assertTrue(Float.isNaN(found[127]) && Float.isNaN(found[255]));
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT16", "BFLOAT16"})
    void everyValueOf16BitsGoesToTheNearestCode(DType type) {
        with(type, ops -> {
            ByteBuffer bits = ByteBuffer.allocateDirect(2 << 16).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < 1 << 16; i++) {
                bits.putShort((short) i);
            }
            byte[] codes = codes(ops, ops.load(TensorView.host(type, new long[] {1 << 16}, bits.flip())));
            for (int i = 0; i < 1 << 16; i++) {
                float value = type == DType.FLOAT16 ? Float16.toFloat((short) i) : Float.intBitsToFloat(i << 16);
                int expected = Float.isNaN(value) ? 127 : Nearest.code(Nearest.E4M3, Math.min(Math.abs(value), 1e30));
                assertEquals(expected, codes[i] & 0x7f, () -> "of " + value);
                assertEquals(Float.isNaN(value) ? codes[i] < 0 : i >= 1 << 15, codes[i] < 0, () -> "the sign of " + value);
            }
        });
    }

    @Test
    void float32ValuesAroundEachTieGoToTheNearestCode() {
        with(DType.FLOAT32, ops -> {
            float[] values = new float[126 * 6];
            for (int code = 0; code < 126; code++) {
                float middle = (float) ((Nearest.E4M3[code] + Nearest.E4M3[code + 1]) / 2);
                float above = Math.nextUp(middle);
                float below = Math.nextDown(middle);
                System.arraycopy(new float[] {middle, above, below, -middle, -above, -below}, 0, values, 6 * code, 6);
            }
            float[] found = ops.toFloats(ops.quantize(ops.constant(values, Shape.of(values.length), DType.FLOAT32), DType.FLOAT8_E4M3,
                ops.constant(1, DType.FLOAT32), 0));
            for (int i = 0; i < values.length; i++) {
                assertEquals((float) Nearest.value(Nearest.E4M3, values[i]), found[i], "of " + values[i]);
            }
        });
    }

    private static byte[] codes(EagerOps<Tensor> ops, Tensor x) {
        TensorView view = ops.view(ops.quantize(x, DType.FLOAT8_E4M3, ops.constant(1, ops.dtype(x)), 0));
        byte[] codes = new byte[(int) view.byteLength()];
        view.bytes().get(codes);
        return codes;
    }
}
