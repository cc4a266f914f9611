package io.halftone.checkpoint.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Float16;
import io.halftone.ops.Float8;
import io.halftone.ops.Shape;
import io.halftone.testkit.Tensors;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Numbers of few bits against libtorch's. */
class NumbersTest {
    /** Every finite float16, 32 at a time. */
    private static float[] halves() {
        float[] values = new float[2 * 0x7c00];
        for (int i = 0; i < values.length; i++) {
            int magnitude = i / 2;
            values[i] = Float16.toFloat((short) (i % 2 == 0 ? magnitude : magnitude | 0x8000));
        }
        return values;
    }

    /** Floats of all magnitudes, and those that lie halfway between two of few bits. */
    private static float[] floats() {
        SplittableRandom random = new SplittableRandom(11);
        float[] values = new float[65536];
        for (int i = 0; i < values.length; i++) {
            int exponent = random.nextInt(i % 4 == 0 ? 254 : 24) + (i % 4 == 0 ? 0 : 115);
            int mantissa = i % 2 == 0 ? random.nextInt(1 << 23) : random.nextInt(32) << 18;
            values[i] = Float.intBitsToFloat(random.nextInt(2) << 31 | exponent << 23 | mantissa);
        }
        return values;
    }

    private static float[] torch(DType type, float[] values, float scale) {
        return Tensors.run(DType.FLOAT32, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                T one = ops.constant(scale, DType.FLOAT32);
                T x = ops.constant(values, Shape.of(values.length), DType.FLOAT32);
                return ops.toFloats(ops.dequantize(ops.quantize(x, type, one, 0), one, 0));
            }
        });
    }

    @Test
    void roundsEveryHalfToE4m3AsLibtorch() {
        assertE4m3(halves());
    }

    @Test
    void roundsFloatsToE4m3AsLibtorch() {
        assertE4m3(floats());
    }

    private static void assertE4m3(float[] values) {
        float[] expected = torch(DType.FLOAT8_E4M3, values, 1);
        for (int i = 0; i < values.length; i++) {
            assertEquals(expected[i], Float8.toFloat(Float8.fromFloat(values[i])), 0f, "of " + values[i]);
        }
    }

    @Test
    void roundsEveryHalfToInt8AsLibtorch() {
        float[] values = halves();
        float[] expected = torch(DType.INT8, values, 1);
        for (int i = 0; i < values.length; i++) {
            assertEquals(expected[i], Numbers.int8(values[i]), 0f, "of " + values[i]);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void roundsToComputeTypesAsLibtorch(DType type) {
        float[] values = floats();
        float[] expected = Tensors.run(type, new Tensors.Work<>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                return ops.toFloats(ops.constant(values, Shape.of(values.length), type));
            }
        });
        for (int i = 0; i < values.length; i++) {
            assertEquals(expected[i], Float16.rounded(values[i], type), 0f, "of " + values[i]);
        }
    }

    @Test
    void scalesInTilesLieAsMatrixUnitsReadThem() {
        Tiles tiles = new Tiles(130, 5, true);
        assertArrayEquals(new long[] {256, 8}, tiles.shape());
        assertEquals(0, tiles.index(0, 0));
        assertEquals(3, tiles.index(0, 3));
        assertEquals(4, tiles.index(32, 0));     // four rows that are 32 apart lie side by side
        assertEquals(16, tiles.index(1, 0));
        assertEquals(512, tiles.index(0, 4));
        assertEquals(1024, tiles.index(128, 0));
        assertEquals(7, new Tiles(2, 5, false).index(1, 2));
    }

    static Blocks nvfp4() {
        return new Blocks(Blocks.Element.E2M1, 16, Blocks.Scale.E4M3);
    }

    static Blocks mxfp8() {
        return new Blocks(Blocks.Element.E4M3, 32, Blocks.Scale.E8M0);
    }
}
