package io.halftone.core.internal.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.core.internal.job.Previews.Pixels;
import org.junit.jupiter.api.Test;

class LatentColoursTest {
    private static final LatentColours COLOURS = new LatentColours(new float[] {0.5F, 0.5F, 0.5F}, new float[][] {{0.5F, 0, -0.5F}, {0, 1, 0}});

    private static void assertPixels(Pixels pixels, int... expected) {
        byte[] bytes = new byte[expected.length];
        for (int i = 0; i < expected.length; i++) {
            bytes[i] = (byte) expected[i];
        }
        assertArrayEquals(bytes, pixels.rgb());
    }

    @Test
    void addsTheColoursOfTheChannels() {
        assertPixels(COLOURS.picture(new float[] {0, 1, 0, -0.25F}, 1, 2), 128, 128, 128, 255, 64, 0);
    }

    @Test
    void bringsNoiseToTheStrengthOfAPicture() {
        assertPixels(COLOURS.picture(new float[] {14, -14, 14, -14}, 1, 2), 255, 255, 0, 0, 0, 255);
        assertPixels(COLOURS.picture(new float[] {0.2F, 0, 0, 0}, 1, 2), 153, 128, 102, 128, 128, 128);
    }

    @Test
    void showsAsManyPixelsAsASideOf128() {
        Pixels pixels = COLOURS.picture(new float[2 * 129 * 300], 129, 300);
        assertEquals(100, pixels.width());
        assertEquals(43, pixels.height());
    }
}
