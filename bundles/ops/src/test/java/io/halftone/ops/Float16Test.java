package io.halftone.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class Float16Test {
    private static final int INFINITY = 0x7c00;
    private static final int BFLOAT16_INFINITY = 0x7f80;

    @Test
    void everyPatternHasTheValueOfTheStandard() {
        for (int bits = 0; bits < INFINITY; bits++) {
            int exponent = bits >> 10;
            int mantissa = bits & 0x3ff;
            double value = exponent == 0 ? Math.scalb(mantissa, -24) : Math.scalb(1024 + mantissa, exponent - 25);
            assertEquals((float) value, Float16.toFloat((short) bits));
            assertEquals((float) -value, Float16.toFloat((short) (bits | 0x8000)));
        }
        assertEquals(Float.POSITIVE_INFINITY, Float16.toFloat((short) 0x7c00));
        assertEquals(Float.NEGATIVE_INFINITY, Float16.toFloat((short) 0xfc00));
    }

    @Test
    void everyPatternComesBack() {
        for (int bits = 0; bits < 0x10000; bits++) {
            short back = Float16.fromFloat(Float16.toFloat((short) bits));
            if ((bits & 0x7fff) > INFINITY) {
                assertTrue(Float.isNaN(Float16.toFloat((short) bits)));
                assertTrue((back & 0x7fff) > INFINITY, "NaN stays NaN");
                assertEquals(bits & 0x8000, back & 0x8000, "and keeps its sign");
            } else {
                assertEquals((short) bits, back);
            }
        }
    }

    /** Between any two neighbours, subnormal ones included: the middle goes to the even one, the floats beside it to the nearer. */
    @Test
    void roundsToTheNearestAndTiesToEven() {
        for (int bits = 0; bits < INFINITY - 1; bits++) {
            // exact: both have at most 11 significant bits
            float middle = (Float16.toFloat((short) bits) + Float16.toFloat((short) (bits + 1))) / 2;
            int even = bits + (bits & 1);
            assertBothSigns(even, middle);
            assertBothSigns(bits, Math.nextDown(middle));
            assertBothSigns(bits + 1, Math.nextUp(middle));
        }
    }

    @Test
    void becomesInfiniteFrom65520() {
        assertBothSigns(0x7bff, 65504f);
        assertBothSigns(0x7bff, Math.nextDown(65520f));
        assertBothSigns(INFINITY, 65520f);
        assertBothSigns(INFINITY, Float.MAX_VALUE);
        assertBothSigns(INFINITY, Float.POSITIVE_INFINITY);
    }

    @Test
    void becomesZeroUpToHalfTheLeastSubnormal() {
        assertBothSigns(0, 0f);
        assertBothSigns(0, Float.MIN_VALUE);
        assertBothSigns(0, 0x1p-25f);
        assertBothSigns(1, Math.nextUp(0x1p-25f));
    }

    @Test
    void bfloat16RoundsToTheNearestAndTiesToEven() {
        for (int bits = 0; bits < BFLOAT16_INFINITY; bits++) {
            assertBfloat16(bits, bits << 16);
            assertBfloat16(bits, bits << 16 | 0x7fff);
            assertBfloat16(bits + (bits & 1), bits << 16 | 0x8000);
            assertBfloat16(bits + 1, bits << 16 | 0x8001);
        }
    }

    @Test
    void bfloat16KeepsInfinityAndNaN() {
        assertBfloat16(BFLOAT16_INFINITY, BFLOAT16_INFINITY << 16);
        for (int nan : new int[] {0x7f800001, 0x7fc00000, 0x7fffffff, 0xff800001, 0xffffffff}) {
            float value = Float.intBitsToFloat(nan);
            int found = Float16.bfloat16(value) & 0xffff;
            assertTrue((found & 0x7fff) > BFLOAT16_INFINITY, () -> Integer.toHexString(nan) + " became " + Integer.toHexString(found));
            assertEquals(nan >>> 16 & 0x8000, found & 0x8000);
        }
    }

    private static void assertBothSigns(int expected, float value) {
        assertEquals((short) expected, Float16.fromFloat(value), () -> "of " + value);
        assertEquals((short) (expected | 0x8000), Float16.fromFloat(-value), () -> "of " + -value);
    }

    private static void assertBfloat16(int expected, int bits) {
        assertEquals((short) expected, Float16.bfloat16(Float.intBitsToFloat(bits)), () -> Integer.toHexString(bits));
        assertEquals((short) (expected | 0x8000), Float16.bfloat16(Float.intBitsToFloat(bits | 0x80000000)));
    }

    @Test
    void everyBfloat16ComesBack() {
        for (int bits = 0; bits < 0x10000; bits++) {
            if ((bits & 0x7fff) <= BFLOAT16_INFINITY) {
                assertEquals((short) bits, Float16.bfloat16(Float16.ofBfloat16((short) bits)));
            }
        }
        assertEquals(-1.5f, Float16.ofBfloat16((short) 0xbfc0));
    }

    @Test
    void roundsToComputeTypesAlone() {
        assertEquals(0.333251953125f, Float16.rounded(1 / 3f, DType.FLOAT16));
        assertEquals(0.333984375f, Float16.rounded(1 / 3f, DType.BFLOAT16));
        assertEquals(1 / 3f, Float16.rounded(1 / 3f, DType.FLOAT32));
        assertEquals(1 / 3f, Float16.rounded(1 / 3f, DType.INT64));
    }
}
