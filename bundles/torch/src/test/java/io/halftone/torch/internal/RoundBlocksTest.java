package io.halftone.torch.internal;

import static io.halftone.torch.internal.Tasks.with;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Float16;
import io.halftone.ops.Shape;
import java.util.Arrays;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RoundBlocksTest {
    private static final Blocks NVFP4 = new Blocks(Blocks.Element.E2M1, 16, Blocks.Scale.E4M3);
    private static final Blocks MXFP8 = new Blocks(Blocks.Element.E4M3, 32, Blocks.Scale.E8M0);

    private static float[] rounded(EagerOps<Tensor> ops, Blocks blocks, float tensorScale, float... values) {
        Tensor x = ops.constant(values, Shape.of(values.length), ops.computeType());
        return ops.toFloats(ops.roundBlocks(x, blocks, ops.constant(tensorScale, DType.FLOAT32)));
    }

    /** A block of 16 whose scale is 1: its largest value is 6, and the tensor's scale 1. */
    private static float[] ofUnitSteps(EagerOps<Tensor> ops, float... values) {
        float[] block = Arrays.copyOf(values, 16);
        block[15] = 6;
        return Arrays.copyOf(rounded(ops, NVFP4, 1, block), values.length);
    }

    @Test
    void theWorkedRowHasItsCodes() {
        float[] row = new float[32];
        for (int i = 0; i < 16; i++) {
            row[i] = (i + 1) / 10f * (i % 2 == 0 ? 1 : -1);
        }
        row[16] = 12;
        row[17] = -3;
        int[] codes = {1, 9, 2, 11, 4, 12, 5, 13, 5, 14, 6, 14, 6, 15, 7, 15, 7, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        float tensorScale = 12f / (6 * 448);
        float[] expected = new float[32];
        for (int i = 0; i < 32; i++) {
            float step = (i < 16 ? 60 : 448) * tensorScale;
            expected[i] = (float) Nearest.E2M1[codes[i] & 7] * step * (codes[i] > 7 ? -1 : 1);
        }
        with(DType.FLOAT32, ops -> assertArrayEquals(expected, rounded(ops, NVFP4, tensorScale, row)));
    }

    @Test
    void fourBitFloatsRoundTiesToTheEvenCode() {
        with(DType.FLOAT32, ops -> {
            assertArrayEquals(new float[] {0, 0.5f, 1, 1.5f, 2, 3, 4, 6}, ofUnitSteps(ops, 0, 0.5f, 1, 1.5f, 2, 3, 4, 6));
            float[] bounds = {0.25f, 0.75f, 1.25f, 1.75f, 2.5f, 3.5f, 5, 6};
            assertArrayEquals(new float[] {0, 1, 1, 2, 2, 4, 4, 6}, ofUnitSteps(ops, bounds));
            float[] below = new float[8];
            float[] above = new float[8];
            for (int i = 0; i < 8; i++) {
                below[i] = bounds[i] - 0.1f;
                above[i] = -Math.min(6, bounds[i] + 0.1f);
            }
            assertArrayEquals(new float[] {0, 0.5f, 1, 1.5f, 2, 3, 4, 6}, ofUnitSteps(ops, below));
            assertArrayEquals(new float[] {-0.5f, -1, -1.5f, -2, -3, -4, -6, -6}, ofUnitSteps(ops, above));
        });
    }

    @Test
    void onlyValuesBelowZeroHaveTheSign() {
        with(DType.FLOAT32, ops -> {
            float[] found = ofUnitSteps(ops, -0f, -0.1f, 0.1f);
            assertEquals(0, Float.floatToRawIntBits(found[0]));
            assertEquals(Integer.MIN_VALUE, Float.floatToRawIntBits(found[1]));
            assertEquals(0, Float.floatToRawIntBits(found[2]));
        });
    }

    @Test
    void valuesBeyondTheTensorsRangeSaturate() {
        with(DType.FLOAT32, ops -> {
            float[] block = new float[16];
            block[3] = 1e6f;
            assertEquals(6 * 448, rounded(ops, NVFP4, 1, block)[3]);
        });
    }

    @Test
    void theRowInBlocksOf8HasPowersOfTwoAsScales() {
        Blocks blocks = new Blocks(Blocks.Element.E4M3, 8, Blocks.Scale.E8M0);
        with(DType.FLOAT32, ops -> assertArrayEquals(
            new float[] {0.0859375f, 0.28125f, 0.05078125f, 0.171875f, 0.234375f, 0.8125f, 0.5625f, 0.375f},
            rounded(ops, blocks, 1, 0.084f, 0.273f, 0.049f, 0.165f, 0.229f, 0.827f, 0.571f, 0.361f)));
    }

    @Test
    void aBlockWhoseLargestIsExactly448StepsKeepsThem() {
        Blocks pair = new Blocks(Blocks.Element.E4M3, 2, Blocks.Scale.E8M0);
        with(DType.FLOAT32, ops -> {
            for (int exponent = -110; exponent < 110; exponent++) {
                float step = Math.scalb(1f, exponent);
                float[] exact = rounded(ops, pair, 1, 448 * step, 0x1p-9f * step);
                assertArrayEquals(new float[] {448 * step, 0x1p-9f * step}, exact, "exponent " + exponent);
                // a little more needs the next power, of which the small one is half the least value: a tie to 0
                float[] above = rounded(ops, pair, 1, Math.nextUp(448 * step), 0x1p-9f * step);
                assertArrayEquals(new float[] {448 * step, 0}, above, "exponent " + exponent);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void blocksOfZerosStayZeros(DType type) {
        with(type, ops -> {
            assertArrayEquals(new float[16], rounded(ops, NVFP4, 1e-3f, new float[16]));
            assertArrayEquals(new float[32], rounded(ops, MXFP8, 1, new float[32]));
        });
    }

    @Test
    void theLeastValuesOfFloat32AreNoReasonForNaN() {
        with(DType.FLOAT32, ops -> {
            float[] block = new float[32];
            block[0] = Float.MIN_VALUE;
            block[1] = -Float.MIN_NORMAL;
            for (float value : rounded(ops, MXFP8, 1, block)) {
                assertTrue(Math.abs(value) <= Float.MIN_NORMAL, "found " + value);
            }
            for (float value : rounded(ops, NVFP4, Float.MIN_VALUE, block)) {
                assertTrue(Math.abs(value) <= 2 * Float.MIN_NORMAL, "found " + value);
            }
        });
    }

    @Test
    void aBlockScaleThatIsTooSmallForAnyCodeCountsAsOne() {
        with(DType.FLOAT32, ops -> {
            float[] block = new float[16];
            block[0] = 6 * 0x1p-11f;                    // a quarter of the least scale
            assertArrayEquals(new float[16], rounded(ops, NVFP4, 1, block));
        });
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void blocksOfEverySizeOfValuesAreWhatTheDefinitionGives(DType type) {
        Random random = new Random(5);
        float[] values = new float[4096];
        for (int i = 0; i < values.length; i++) {
            // magnitudes of blocks from 2^-20 to 2^3: among them scales that are subnormal, and too small
            float magnitude = Math.scalb(1f, i / 32 % 24 - 20);
            values[i] = held((float) random.nextGaussian() * magnitude, type);
        }
        float amax = 0;
        for (float value : values) {
            amax = Math.max(amax, Math.abs(value));
        }
        float tensorScale = amax / (6 * 448);
        with(type, ops -> {
            assertArrayEquals(nvfp4(values, tensorScale, type), rounded(ops, NVFP4, tensorScale, values));
            assertArrayEquals(mxfp8(values, type), rounded(ops, MXFP8, 1, values));
        });
    }

    private static float[] nvfp4(float[] values, float tensorScale, DType type) {
        float[] expected = new float[values.length];
        for (int start = 0; start < values.length; start += 16) {
            float scale = (float) Nearest.value(Nearest.E4M3, amax(values, start, 16) / (6 * tensorScale));
            float step = (scale == 0 ? 1 : scale) * tensorScale;
            for (int i = start; i < start + 16; i++) {
                expected[i] = held((float) Nearest.value(Nearest.E2M1, values[i] / step + 0f) * step, type);   // no -0
            }
        }
        return expected;
    }

    private static float[] mxfp8(float[] values, DType type) {
        float[] expected = new float[values.length];
        for (int start = 0; start < values.length; start += 32) {
            double step = Math.pow(2, -127);
            while (448 * step < amax(values, start, 32)) {
                step *= 2;
            }
            for (int i = start; i < start + 32; i++) {
                expected[i] = held((float) (Nearest.value(Nearest.E4M3, values[i] / step) * step), type);
            }
        }
        return expected;
    }

    private static float amax(float[] values, int start, int count) {
        float amax = 0;
        for (int i = start; i < start + count; i++) {
            amax = Math.max(amax, Math.abs(values[i]));
        }
        return amax;
    }

    private static float held(float value, DType type) {
        return switch (type) {
            case FLOAT16 -> Float16.toFloat(Float16.fromFloat(value));
            case BFLOAT16 -> Float.intBitsToFloat(Float16.bfloat16(value) << 16);
            default -> value;
        };
    }

    @Test
    void blocksRunAlongTheLastAxis() {
        Blocks pair = new Blocks(Blocks.Element.E4M3, 2, Blocks.Scale.E8M0);
        with(DType.FLOAT32, ops -> {
            Tensor x = ops.constant(new float[] {448, 1, 0x1p-9f, 0x1p-9f}, Shape.of(2, 1, 2), DType.FLOAT32);
            Tensor y = ops.roundBlocks(x, pair, ops.constant(1, DType.FLOAT32));
            assertEquals(Shape.of(2, 1, 2), ops.shape(y));
            assertArrayEquals(new float[] {448, 1, 0x1p-9f, 0x1p-9f}, ops.toFloats(y));
        });
    }

    @Test
    void refusesAnAxisThatEndsWithinABlock() {
        with(DType.FLOAT32, ops -> {
            var e = assertThrows(IllegalArgumentException.class, () -> rounded(ops, NVFP4, 1, new float[24]));
            assertEquals("blocks along the last axis: found 24; expected a multiple of 16", e.getMessage());
        });
    }
}
