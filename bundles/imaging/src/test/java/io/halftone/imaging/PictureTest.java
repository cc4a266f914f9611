package io.halftone.imaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class PictureTest {
    @Test
    void takesOnePictureOfABatch() {
        float[] batch = new float[2 * 3 * 2 * 1];
        for (int i = 0; i < batch.length; i++) {
            batch[i] = i;
        }
        Picture second = Picture.fromPlanar(batch, 6, 2, 1);
        assertEquals(1, second.width());
        assertEquals(2, second.height());
        assertArrayEquals(new float[] {6, 7, 8, 9, 10, 11}, second.rgb());
    }

    @Test
    void refusesBatchThatEndsEarly() {
        assertMessage("offset: found 1 in 6 values; expected 6 values from there", () -> Picture.fromPlanar(new float[6], 1, 2, 1));
    }

    @Test
    void refusesValuesOfAnotherSize() {
        assertMessage("rgb: found 5 values; expected 6 for 2x1", () -> new Picture(2, 1, new float[5]));
    }

    @Test
    void refusesEmptyPicture() {
        assertMessage("picture: found 0x1; expected at least 1x1 and at most 715827882 pixels", () -> new Picture(0, 1, new float[0]));
    }

    @Test
    void refusesSizeThatWrapsAround() {
        assertMessage("picture: found 65536x65536; expected at least 1x1 and at most 715827882 pixels",
            () -> new Picture(65536, 65536, new float[0]));
    }

    @Test
    void refusesNotANumber() {
        assertMessage("rgb: found NaN at 2; expected finite values", () -> new Picture(1, 1, new float[] {0, 0, Float.NaN}));
    }

    @Test
    void refusesInfinity() {
        assertMessage("rgb: found -Infinity at 0; expected finite values",
            () -> new Picture(1, 1, new float[] {Float.NEGATIVE_INFINITY, 0, 0}));
    }

    @Test
    void copiesItsValues() {
        float[] values = {1, 2, 3};
        Picture picture = new Picture(1, 1, values);
        values[0] = 9;
        picture.rgb()[1] = 9;
        assertArrayEquals(new float[] {1, 2, 3}, picture.rgb());
    }

    @Test
    void isEqualByContent() {
        Picture picture = new Picture(1, 2, new float[] {1, 2, 3, 4, 5, 6});
        assertEquals(picture, new Picture(1, 2, new float[] {1, 2, 3, 4, 5, 6}));
        assertEquals(picture.hashCode(), new Picture(1, 2, new float[] {1, 2, 3, 4, 5, 6}).hashCode());
        assertNotEquals(picture, new Picture(2, 1, new float[] {1, 2, 3, 4, 5, 6}));
        assertNotEquals(picture, new Picture(1, 2, new float[] {1, 2, 3, 4, 5, 7}));
    }

    @Test
    void interleavesBytes() {
        Picture picture = new Picture(2, 1, new float[] {0, 1, 0.2f, 0.4f, 0.6f, 0.8f});
        assertArrayEquals(new byte[] {0, 51, (byte) 153, (byte) 255, 102, (byte) 204}, picture.toBytes());
    }

    @Test
    void roundsHalfToEven() {
        Picture picture = new Picture(1, 1, new float[] {0.5f / 255, 1.5f / 255, 2.5f / 255});
        assertArrayEquals(new float[] {0.5f, 1.5f, 2.5f}, times255(picture));       // the halves are exact in float32
        assertArrayEquals(new byte[] {0, 2, 2}, picture.toBytes());
    }

    @Test
    void clampsBytes() {
        assertArrayEquals(new byte[] {0, (byte) 255, (byte) 255}, new Picture(1, 1, new float[] {-0.3f, 1.3f, 1e9f}).toBytes());
    }

    @Test
    void keepsEveryByte() {
        byte[] bytes = new byte[256 * 3];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i / 3 + i % 3 * 85);
        }
        assertArrayEquals(bytes, Picture.fromBytes(bytes, 16, 16).toBytes());
    }

    @Test
    void refusesBytesOfAnotherSize() {
        assertMessage("pixels: found 4 bytes; expected 3 for 1x1", () -> Picture.fromBytes(new byte[4], 1, 1));
    }

    @Test
    void putsPicturesSideBySide() {
        Picture left = new Picture(1, 2, new float[] {1, 2, 3, 4, 5, 6});
        Picture right = new Picture(2, 2, new float[] {10, 11, 12, 13, 20, 21, 22, 23, 30, 31, 32, 33});
        assertEquals(new Picture(3, 2, new float[] {1, 10, 11, 2, 12, 13, 3, 20, 21, 4, 22, 23, 5, 30, 31, 6, 32, 33}),
            Picture.sideBySide(List.of(left, right)));
    }

    @Test
    void refusesHeightsThatDiffer() {
        assertMessage("pictures: found heights 1 and 2; expected one height",
            () -> Picture.sideBySide(List.of(new Picture(1, 1, new float[3]), new Picture(1, 2, new float[6]))));
    }

    @Test
    void refusesNoPictures() {
        assertMessage("pictures: found none; expected at least 1", () -> Picture.sideBySide(List.of()));
    }

    private static float[] times255(Picture picture) {
        float[] values = picture.rgb();
        for (int i = 0; i < values.length; i++) {
            values[i] *= 255;
        }
        return values;
    }

    private static void assertMessage(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
