package io.halftone.onnx.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class Float8Test {
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
