package io.halftone.onnx.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Float8;
import io.halftone.ops.Shape;
import io.halftone.testkit.Tensors;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class BlockEncodingTest {
    static final Blocks NVFP4 = new Blocks(Blocks.Element.E2M1, 16, Blocks.Scale.E4M3);
    static final Blocks MXFP8 = new Blocks(Blocks.Element.E4M3, 32, Blocks.Scale.E8M0);

    /** What libtorch gives for the same values, in that type. */
    static float[] inLibtorch(DType type, float[] values, Blocks blocks, float tensorScale, long... shape) {
        return Tensors.run(type, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                T x = ops.constant(values, Shape.of(shape), type);
                return ops.toFloats(ops.roundBlocks(x, blocks, ops.constant(tensorScale, DType.FLOAT32)));
            }
        });
    }

    private static float[] decoded(BlockEncoding encoding, Blocks blocks, float tensorScale) {
        float[] values = new float[encoding.elements().length];
        for (int i = 0; i < values.length; i++) {
            values[i] = blocks.element().value(encoding.elements()[i]) * blocks.step(encoding.scales()[i / blocks.size()], tensorScale);
        }
        return values;
    }

    @Test
    void theWorkedRowHasItsBytes() {
        float[] row = new float[32];
        for (int i = 0; i < 16; i++) {
            row[i] = (i + 1) / 10f * (i % 2 == 0 ? 1 : -1);
        }
        row[16] = 12;
        row[17] = -3;
        BlockEncoding encoding = BlockEncoding.of(row, NVFP4, 12f / (6 * 448));
        assertEquals("91b2c4d5e5e6f6f7b700000000000000", HexFormat.of().formatHex(BlockEncoding.packed(encoding.elements())));
        assertEquals(60, Float8.toFloat(encoding.scales()[0]));
        assertEquals(448, Float8.toFloat(encoding.scales()[1]));
    }

    @Test
    void theRowInBlocksOf8HasItsExponent() {
        float[] row = {0.084f, 0.273f, 0.049f, 0.165f, 0.229f, 0.827f, 0.571f, 0.361f};
        Blocks blocks = new Blocks(Blocks.Element.E4M3, 8, Blocks.Scale.E8M0);
        BlockEncoding encoding = BlockEncoding.of(row, blocks, 1);
        assertEquals(118, encoding.scales()[0]);
        assertArrayEquals(new float[] {0.0859375f, 0.28125f, 0.05078125f, 0.171875f, 0.234375f, 0.8125f, 0.5625f, 0.375f},
            decoded(encoding, blocks, 1));
    }

    @Test
    void anOddCodeStandsAloneInItsByte() {
        assertArrayEquals(new byte[] {0x21, 0x0f}, BlockEncoding.packed(new byte[] {1, 2, 15}));
    }

    @Test
    void whatIsReadBackIsWhatCalibrationRanBitForBit() {
        float[] values = new float[32 * 64];
        float[] normal = TestJob.random(3, values.length);
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.scalb(normal[i], i / 32 % 30 - 24);      // blocks of all magnitudes, some too small for a scale
        }
        Arrays.fill(values, 0, 64, 0);
        float amax = 0;
        for (float value : values) {
            amax = Math.max(amax, Math.abs(value));
        }
        for (Blocks blocks : new Blocks[] {NVFP4, MXFP8}) {
            float scale = blocks == NVFP4 ? amax / (6 * 448) : 1;
            assertArrayEquals(inLibtorch(DType.FLOAT32, values, blocks, scale, values.length),
                decoded(BlockEncoding.of(values, blocks, scale), blocks, scale));
        }
    }
}
