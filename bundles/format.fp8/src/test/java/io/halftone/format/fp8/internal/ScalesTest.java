package io.halftone.format.fp8.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.Float16;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScalesTest {
    @Test
    void areRoundedUpToTheType() {
        // 6 / 448 lies between the float16 values 0x22db and 0x22dc
        assertEquals(Float16.toFloat((short) 0x22dc), Scales.of(6, DType.FLOAT16));
        assertEquals(0.01342773438f, Scales.of(6, DType.BFLOAT16), 1e-11);
        assertEquals(6f / 448, Scales.of(6, DType.FLOAT32), 1e-9);
    }

    @Test
    void areExactWhereTheQuotientIs() {
        for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16}) {
            assertEquals(1, Scales.of(448, type));
            assertEquals(0x1p-9f, Scales.of(0.875f, type));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void amaxNeverExceeds448AndTheNextSmallerScaleWouldLetIt(DType type) {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            float amax = Float.intBitsToFloat(random.nextInt(0x477f0000) + 1);     // above 0, below 65280
            float scale = Scales.of(amax, type);
            assertTrue(scale > 0 && scale * 448.0 >= amax, amax + " by " + scale);
            assertTrue(amax / scale <= 448, amax + " by " + scale);
            double spacing = switch (type) {
                case FLOAT16 -> Math.max(0x1p-24, Math.ulp(scale) * 0x1p13);
                case BFLOAT16 -> Math.ulp(scale) * 0x1p16;
                default -> Math.ulp(scale);
            };
            assertTrue((scale - spacing) * 448 < amax || Math.scalb(1, Math.getExponent(scale)) == scale, amax + " by " + scale);
        }
    }

    @Test
    void tinyRangesKeepAScaleAboveZero() {
        for (DType type : new DType[] {DType.FLOAT32, DType.FLOAT16, DType.BFLOAT16}) {
            assertTrue(Scales.of(Float.MIN_VALUE, type) > 0);
            assertEquals(1, Scales.of(0, type));
        }
        assertEquals(0x1p-24f, Scales.of(1e-7f, DType.FLOAT16));
    }

    @Test
    void theGreatestCodeOfTheGreatestRangeIsFinite() {
        // 146.25, the next float16 above 65504 / 448, would give 65520, which float16 rounds to infinity
        assertEquals(146.125f, Scales.of(65504, DType.FLOAT16));
    }
}
