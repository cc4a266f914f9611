package io.halftone.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class Float8Test {
    /** Codes 0 to 126, from the definition. */
    private static final double[] VALUES = IntStream.range(0, 127).mapToDouble(code -> code < 8 ? code / 8.0 * Math.pow(2, -6)
        : (1 + code % 8 / 8.0) * Math.pow(2, code / 8 - 7)).toArray();

    @Test
    void everyCodeHasItsValue() {
        for (int code = 0; code < 127; code++) {
            assertEquals((float) VALUES[code], Float8.toFloat((byte) code));
            assertEquals((float) -VALUES[code], Float8.toFloat((byte) (code + 128)));
        }
        assertTrue(Float.isNaN(Float8.toFloat((byte) 127)) && Float.isNaN(Float8.toFloat((byte) 255)));
    }

    /** Against a search among all values of the type. */
    @Test
    void everyValueOf16BitsGoesToTheNearestCode() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            for (float value : new float[] {Float16.toFloat((short) bits), Float.intBitsToFloat(bits << 16)}) {
                byte code = Float8.fromFloat(value);
                assertEquals(Float.isNaN(value) ? 127 : nearest(Math.min(Math.abs(value), 1e30)), code & 0x7f, () -> "of " + value);
                assertEquals(bits >= 1 << 15, code < 0, () -> "the sign of " + value);
            }
        }
    }

    private static int nearest(double magnitude) {
        int best = 0;
        for (int code = 1; code < VALUES.length; code++) {
            double distance = Math.abs(VALUES[code] - magnitude) - Math.abs(VALUES[best] - magnitude);
            if (distance > 0) {
                break;                                       // values are in order: the rest is farther away
            }
            best = distance < 0 || code % 2 == 0 ? code : best;
        }
        return best;
    }

    @Test
    void everyCodeSurvivesTheRoundTrip() {
        for (int code = -128; code < 128; code++) {
            if ((code & 0x7f) != 0x7f) {
                assertEquals((byte) code, Float8.fromFloat(Float8.toFloat((byte) code)), "code " + code);
            }
        }
    }

    @Test
    void eachValueBetweenTwoCodesGoesToTheNearestAndTiesGoToTheEvenOne() {
        for (int code = 0; code < 0x7e; code++) {
            float low = Float8.toFloat((byte) code);
            float high = Float8.toFloat((byte) (code + 1));
            float middle = (low + high) / 2;
            assertEquals(code, Float8.fromFloat(Math.nextDown(middle)), "below " + middle);
            assertEquals(code + 1, Float8.fromFloat(Math.nextUp(middle)), "above " + middle);
            assertEquals(code + (code & 1), Float8.fromFloat(middle), "tie " + middle);
        }
    }

    @Test
    void valuesBeyondTheRangeBecomeTheGreatest() {
        for (float value : new float[] {448, 449, 470.4f, 1e30f, Float.POSITIVE_INFINITY}) {
            assertEquals(448, Float8.toFloat(Float8.fromFloat(value)));
            assertEquals(-448, Float8.toFloat(Float8.fromFloat(-value)));
        }
    }

    @Test
    void notANumberStaysOne() {
        assertTrue(Float.isNaN(Float8.toFloat(Float8.fromFloat(Float.NaN))));
    }

    @Test
    void knownVectorsHold() {
        float[] in = {17, 19, 21, 23, 74.6667f, 149.333f, 246.4f, -3.73333f, 0.0746667f, 0x1p-10f, 1.5f * 0x1p-9f};
        float[] out = {16, 20, 20, 24, 72, 144, 240, -3.75f, 0.078125f, 0, 0x1p-8f};
        for (int i = 0; i < in.length; i++) {
            assertEquals(out[i], Float8.toFloat(Float8.fromFloat(in[i])), "of " + in[i]);
        }
    }
}
