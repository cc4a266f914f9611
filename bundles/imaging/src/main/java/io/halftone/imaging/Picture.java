package io.halftone.imaging;

import java.util.Arrays;
import java.util.List;

/**
 * A colour picture as a pipeline makes it: diffusers' {@code "pt"} images, one of a batch.
 *
 * @param width in pixels; >= 1
 * @param height in pixels; >= 1
 * @param rgb red, green and blue planes, row-major, (3, height, width); finite, 0 dark and 1 bright, clamped to that only when
 *     turned into bytes
 */
public record Picture(int width, int height, float[] rgb) {
    private static final int CHANNELS = 3;
    private static final float WHITE = 255;

    public Picture {
        requireSize(width, height);
        if (rgb.length != CHANNELS * width * height) {
            throw new IllegalArgumentException("rgb: found " + rgb.length + " values; expected " + CHANNELS * width * height
                + " for " + width + "x" + height);
        }
        rgb = rgb.clone();
        for (int i = 0; i < rgb.length; i++) {
            if (!Float.isFinite(rgb[i])) {
                throw new IllegalArgumentException("rgb: found " + rgb[i] + " at " + i + "; expected finite values");
            }
        }
    }

    private static void requireSize(int width, int height) {
        if (width < 1 || height < 1 || !fits(width, height)) {
            throw new IllegalArgumentException("picture: found " + width + "x" + height + "; expected at least 1x1 and at most "
                + Integer.MAX_VALUE / CHANNELS + " pixels");
        }
    }

    /** Whether one array can hold a picture of that size. */
    static boolean fits(long width, long height) {
        return width * height <= Integer.MAX_VALUE / CHANNELS;
    }

    /**
     * One picture of a batch.
     *
     * @param values planes of one or more pictures, (batch, 3, height, width)
     * @param offset where the picture begins in them
     */
    public static Picture fromPlanar(float[] values, int offset, int height, int width) {
        requireSize(width, height);
        int count = CHANNELS * height * width;
        if (offset < 0 || offset > values.length - count) {
            throw new IllegalArgumentException("offset: found " + offset + " in " + values.length + " values; expected " + count
                + " values from there");
        }
        return new Picture(width, height, Arrays.copyOfRange(values, offset, offset + count));
    }

    /**
     * The picture of 8-bit pixels, each divided by 255.
     *
     * @param pixels unsigned, (height, width, 3)
     */
    public static Picture fromBytes(byte[] pixels, int height, int width) {
        requireSize(width, height);
        int area = height * width;
        if (pixels.length != CHANNELS * area) {
            throw new IllegalArgumentException("pixels: found " + pixels.length + " bytes; expected " + CHANNELS * area
                + " for " + width + "x" + height);
        }
        float[] rgb = new float[pixels.length];
        for (int i = 0; i < pixels.length; i++) {
            rgb[i % CHANNELS * area + i / CHANNELS] = Byte.toUnsignedInt(pixels[i]) / WHITE;
        }
        return new Picture(width, height, rgb);
    }

    /** Pictures of one height from left to right, with nothing between them. */
    public static Picture sideBySide(List<Picture> pictures) {
        if (pictures.isEmpty()) {
            throw new IllegalArgumentException("pictures: found none; expected at least 1");
        }
        int height = pictures.get(0).height;
        long width = 0;
        for (Picture picture : pictures) {
            if (picture.height != height) {
                throw new IllegalArgumentException("pictures: found heights " + height + " and " + picture.height
                    + "; expected one height");
            }
            width += picture.width;
        }
        requireSize((int) Math.min(width, Integer.MAX_VALUE), height);
        float[] rgb = new float[(int) (CHANNELS * height * width)];
        int left = 0;
        for (Picture picture : pictures) {
            for (int row = 0; row < CHANNELS * height; row++) {
                System.arraycopy(picture.rgb, row * picture.width, rgb, (int) (row * width) + left, picture.width);
            }
            left += picture.width;
        }
        return new Picture((int) width, height, rgb);
    }

    /** A copy of the planes, (3, height, width). */
    @Override
    public float[] rgb() {
        return rgb.clone();
    }

    /** The 8-bit pixels, (height, width, 3): times 255 in float32, rounded half to even, clamped to 0..255. */
    public byte[] toBytes() {
        int area = width * height;
        byte[] pixels = new byte[rgb.length];
        for (int i = 0; i < pixels.length; i++) {
            double value = Math.rint(rgb[i % CHANNELS * area + i / CHANNELS] * WHITE);
            pixels[i] = (byte) Math.max(0, Math.min(WHITE, value));
        }
        return pixels;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Picture picture && width == picture.width && height == picture.height && Arrays.equals(rgb, picture.rgb);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return "picture " + width + "x" + height;
    }
}
