package io.halftone.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class BlocksTest {
    private static final Blocks NVFP4 = new Blocks(Blocks.Element.E2M1, 16, Blocks.Scale.E4M3);
    private static final Blocks MXFP8 = new Blocks(Blocks.Element.E4M3, 32, Blocks.Scale.E8M0);

    @Test
    void fourBitTiesGoToTheEvenCodeAndOnlyNegativeValuesHaveTheSign() {
        float[] values = {0.25f, 0.75f, 1.25f, 1.75f, 2.5f, 3.5f, 5, 5.0001f, 6, 7, 100, -0f, -0.1f, -5.1f, -6, Float.NaN};
        int[] codes = {0, 2, 2, 4, 4, 6, 6, 7, 7, 7, 7, 0, 8, 15, 15, 0};
        for (int i = 0; i < values.length; i++) {
            assertEquals((byte) codes[i], Blocks.Element.E2M1.code(values[i]), "of " + values[i]);
        }
    }

    @Test
    void everyElementIsRoundedToItself() {
        for (Blocks.Element element : Blocks.Element.values()) {
            for (int code = 0; code < (element == Blocks.Element.E2M1 ? 16 : 256); code++) {
                float value = element.value((byte) code);
                if (!Float.isNaN(value)) {
                    assertEquals(value, element.value(element.code(value)), 0f, element + " " + code);   // -0 has no code of its own among those of 4 bits
                }
            }
            assertEquals(element.max(), element.value(element.code(Float.POSITIVE_INFINITY)));
        }
    }

    @Test
    void powersOfTwoAreTheLeastThatHoldTheBlock() {
        assertEquals(-127, exponent(MXFP8, 0));
        assertEquals(-127, exponent(MXFP8, Float.MIN_VALUE));
        assertEquals(0, exponent(MXFP8, 448));
        assertEquals(1, exponent(MXFP8, Math.nextUp(448f)));
        assertEquals(0, exponent(MXFP8, Math.nextDown(448f)));
        assertEquals(-126, exponent(MXFP8, 448 * 0x1p-126f));
        assertEquals(-125, exponent(MXFP8, Math.nextUp(448 * 0x1p-126f)));
        assertEquals(120, exponent(MXFP8, Float.MAX_VALUE));
        assertEquals(126, exponent(new Blocks(Blocks.Element.E2M1, 32, Blocks.Scale.E8M0), Float.MAX_VALUE));
    }

    private static int exponent(Blocks blocks, float amax) {
        byte code = blocks.scaleCode(amax, Float.NaN);
        int exponent = (code & 0xff) - 127;
        assertEquals(Math.scalb(1f, exponent), blocks.step(code, Float.NaN));
        return exponent;
    }

    @Test
    void scalesOfEightBitsAreMultiplesOfTheTensorsAndNeverZero() {
        byte code = NVFP4.scaleCode(6 * 17 * 0.5f, 0.5f);
        assertEquals(16, Float8.toFloat(code), "17 lies between 16 and 18, and 16 is the even one");
        assertEquals(8, NVFP4.step(code, 0.5f));
        assertEquals(0.5f, NVFP4.step(NVFP4.scaleCode(0, 0.5f), 0.5f));
        assertEquals(0.5f, NVFP4.step(NVFP4.scaleCode(1e-30f, 0.5f), 0.5f));
    }
}
