package io.halftone.core.internal.evaluate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.imaging.Picture;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutcomeBytesTest {
    private static final float[] RGB = {0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f};
    private static final OutcomeBytes.Made MADE = new OutcomeBytes.Made(new EvaluationRun.Outcome(List.of(new float[] {1, Float.NaN}, new float[] {-0f, 2}),
        List.of(Picture.fromPlanar(RGB, 0, 1, 2)), List.of(1.5, 0.25)), "libtorch", "", "{}");

    @Test
    void isReadAsItWasWritten() {
        OutcomeBytes.Made read = OutcomeBytes.read(OutcomeBytes.of(MADE), 1);
        assertArrayEquals(MADE.outcome().latents().get(0), read.outcome().latents().get(0));
        assertArrayEquals(MADE.outcome().latents().get(1), read.outcome().latents().get(1));
        assertArrayEquals(MADE.outcome().pictures().get(0).rgb(), read.outcome().pictures().get(0).rgb());
        assertEquals(List.of(1.5, 0.25), read.outcome().millis());
        assertEquals(List.of("libtorch", "", "{}"), List.of(read.description(), read.note(), read.recipe()));
    }

    @Test
    void refusesEveryPartOfIt() {
        byte[] bytes = OutcomeBytes.of(MADE);
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThrows(IllegalArgumentException.class, () -> OutcomeBytes.read(part, 1), "the first " + length + " bytes");
            assertThrows(IllegalArgumentException.class, () -> OutcomeBytes.check(part, 1), "the first " + length + " bytes");
        }
        OutcomeBytes.check(bytes, 1);
        assertThrows(IllegalArgumentException.class, () -> OutcomeBytes.check(bytes, 2));
        assertThrows(IllegalArgumentException.class, () -> OutcomeBytes.read(bytes, 2));
    }
}
