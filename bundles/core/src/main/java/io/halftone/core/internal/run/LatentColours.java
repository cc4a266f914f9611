package io.halftone.core.internal.run;

import io.halftone.core.internal.job.Previews.Pixels;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.TensorView;
import java.util.List;

/**
 * Colours of latents: one pixel for each, by a linear map from channels to red, green and blue. The map is what the pipeline's own decoder
 * does with constant latents: its colour of all zeros, and the difference that each channel makes there, at plus and minus one. So it suits
 * any decoder, and one that has learned other latents as well; details that a decoder adds are not in it.
 */
final class LatentColours {
    private static final int PROBE_SIDE = 8;   // latents: far enough from its border for what its middle half shows
    private static final int MOST_SIDE = 128;
    private static final int MOST_DECODED = 32 * 32;   // latents: a picture of 256 pixels a side
    private static final int COLOURS = 3;

    private final float[] base;
    private final float[][] each;

    /**
     * @param base of latents that are zero, 0 to 1
     * @param each by channel, for one unit
     */
    LatentColours(float[] base, float[][] each) {
        this.base = base;
        this.each = each;
    }

    /** Decodes the constant latents; brings the decoder's weights. */
    static <T> LatentColours of(RunningPipeline<T> parts) {
        int channels = Math.toIntExact(parts.pipeline().spec().latentChannels());
        int count = 2 * channels + 1;
        int area = PROBE_SIDE * PROBE_SIDE;
        float[] probes = new float[count * channels * area];
        for (int channel = 0; channel < channels; channel++) {
            fill(probes, ((2 * channel + 1) * channels + channel) * area, area, 1);
            fill(probes, ((2 * channel + 2) * channels + channel) * area, area, -1);
        }
        float[][] means = new float[count][];
        EagerOps<T> ops = parts.ops();
        ops.region("", () -> {
            T pictures = parts.pipeline().adapter().decode(parts, ops.load(TensorView.ofFloats(probes, count, channels, PROBE_SIDE, PROBE_SIDE)));
            int side = Math.toIntExact(ops.shape(pictures).dim(2).size());
            float[] values = ops.toFloats(ops.cast(pictures, DType.FLOAT32));
            for (int i = 0; i < count; i++) {
                means[i] = middle(values, i * COLOURS * side * side, side);
            }
            return List.of();
        });
        float[][] each = new float[channels][COLOURS];
        for (int channel = 0; channel < channels; channel++) {
            for (int colour = 0; colour < COLOURS; colour++) {
                each[channel][colour] = (means[2 * channel + 1][colour] - means[2 * channel + 2][colour]) / 2;
            }
        }
        return new LatentColours(means[0], each);
    }

    private static void fill(float[] values, int from, int count, float value) {
        java.util.Arrays.fill(values, from, from + count, value);
    }

    /** The mean colour of the middle half of a square picture. */
    private static float[] middle(float[] values, int offset, int side) {
        float[] mean = new float[COLOURS];
        int begin = side / 4;
        int end = side - begin;
        for (int colour = 0; colour < COLOURS; colour++) {
            double sum = 0;
            for (int y = begin; y < end; y++) {
                for (int x = begin; x < end; x++) {
                    sum += values[offset + (colour * side + y) * side + x];
                }
            }
            mean[colour] = (float) (sum / ((double) (end - begin) * (end - begin)));
        }
        return mean;
    }

    /** What brings latents that are stronger than a picture's, as noise is at the first steps of many schedules, to a root mean square of 1. */
    private static double strength(float[] latents) {
        double squares = 0;
        for (float latent : latents) {
            squares += (double) latent * latent;
        }
        return 1 / Math.max(1, Math.sqrt(squares / latents.length));
    }

    /** Whether latents are so few that they are decoded, which shows all and takes no longer than a step. */
    static boolean areDecoded(int height, int width) {
        return height * width <= MOST_DECODED;
    }

    /**
     * The picture of some latents by the decoder itself.
     *
     * @param latents (channels, height, width)
     * @param last    whether these are the latents of the picture itself, whose strength is right
     */
    static <T> Pixels decoded(RunningPipeline<T> parts, float[] latents, int height, int width, boolean last) {
        float strength = last ? 1 : (float) strength(latents);
        float[] scaled = new float[latents.length];
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] = latents[i] * strength;
        }
        Pixels[] pixels = new Pixels[1];
        EagerOps<T> ops = parts.ops();
        ops.region("", () -> {
            T picture = parts.pipeline().adapter().decode(parts, ops.load(TensorView.ofFloats(scaled, 1, latents.length / (height * width), height, width)));
            int rows = Math.toIntExact(ops.shape(picture).dim(2).size());
            int columns = Math.toIntExact(ops.shape(picture).dim(3).size());
            float[] planes = ops.toFloats(ops.cast(picture, DType.FLOAT32));
            byte[] rgb = new byte[planes.length];
            for (int i = 0; i < rgb.length; i++) {
                rgb[i] = shade(planes[i % COLOURS * rows * columns + i / COLOURS]);
            }
            pixels[0] = new Pixels(columns, rows, rgb);
            return List.of();
        });
        return pixels[0];
    }

    private static byte shade(double value) {
        return (byte) Math.round(255 * Math.max(0, Math.min(1, value)));
    }

    /**
     * The picture of some latents by the linear map, at most 128 pixels on each side.
     *
     * @param latents (channels, height, width)
     */
    Pixels picture(float[] latents, int height, int width) {
        int area = height * width;
        double strength = strength(latents);
        int stride = Math.max(1, (Math.max(height, width) + MOST_SIDE - 1) / MOST_SIDE);
        int rows = (height + stride - 1) / stride;
        int columns = (width + stride - 1) / stride;
        byte[] rgb = new byte[COLOURS * rows * columns];
        for (int y = 0; y < rows; y++) {
            for (int x = 0; x < columns; x++) {
                int at = y * stride * width + x * stride;
                for (int colour = 0; colour < COLOURS; colour++) {
                    double value = base[colour];
                    for (int channel = 0; channel < each.length; channel++) {
                        value += each[channel][colour] * strength * latents[channel * area + at];
                    }
                    rgb[(y * columns + x) * COLOURS + colour] = shade(value);
                }
            }
        }
        return new Pixels(columns, rows, rgb);
    }
}
