package io.halftone.api;

import java.util.Arrays;

/**
 * A small picture of the latents that a job works on, the first where it works on several: decoded where they are few, else a pixel for each
 * in colours close to those of the picture to come.
 *
 * @param number counts the previews of a job, from 1
 * @param call   calls of the backbone that the latents have behind them, from 1
 * @param calls  all that they are to have
 * @param width  pixels
 * @param height pixels
 * @param rgb    red, green and blue of each pixel, row by row; length 3 * width * height
 */
public record Preview(long number, int call, int calls, int width, int height, byte[] rgb) {
    public Preview {
        if (rgb.length != 3L * width * height) {
            throw new IllegalArgumentException("rgb: found " + rgb.length + " values; expected " + 3L * width * height);
        }
        rgb = rgb.clone();
    }

    @Override
    public byte[] rgb() {
        return rgb.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Preview preview && number == preview.number && call == preview.call && calls == preview.calls
            && width == preview.width && height == preview.height && Arrays.equals(rgb, preview.rgb);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(number) * 31 + Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return "Preview " + number + " of call " + call + " of " + calls + ", " + width + " x " + height;
    }
}
