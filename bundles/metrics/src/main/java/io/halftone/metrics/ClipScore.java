package io.halftone.metrics;

import io.halftone.imaging.Picture;

/**
 * How well a picture fits its prompt, by CLIP: 100 times the cosine of both embeddings, and 0 where that is negative. Source: Hessel et
 * al. 2021, CLIPScore, with the factor of torchmetrics.
 */
public final class ClipScore {
    private static final int CHANNELS = 3;
    private static final double FACTOR = 100;
    /** Of OpenAI's preprocessing. */
    private static final float[] MEAN = {0.48145466f, 0.4578275f, 0.40821073f};
    private static final float[] DEVIATION = {0.26862954f, 0.26130258f, 0.27577711f};
    /** Of Keys' cubic. */
    private static final double A = -0.5;
    private static final double SUPPORT = 2;

    private ClipScore() {}

    /** The score of a picture's and a text's embedding. */
    public static double of(float[] image, float[] text) {
        return Math.max(0, FACTOR * VectorError.of(image, text).cosine());
    }

    /**
     * A picture as CLIP takes it: the shorter side resized to {@code size} by cubic interpolation over all pixels that a new one covers,
     * the middle cut out, the mean taken from each channel and its deviation divided out. As CLIPImageProcessor of transformers does it, but
     * for its rounding to 8 bits in between.
     *
     * @param size pixels of both sides
     * @return (3, size, size)
     */
    public static float[] pixels(Picture picture, int size) {
        int shorter = Math.min(picture.width(), picture.height());
        int width = (int) ((long) size * picture.width() / shorter);
        int height = (int) ((long) size * picture.height() / shorter);
        int left = (width - size) / 2, top = (height - size) / 2;
        float[] rgb = picture.rgb();
        float[] pixels = new float[CHANNELS * size * size];
        double[][] across = weights(picture.width(), width);
        double[][] down = weights(picture.height(), height);
        double[] rows = new double[size * picture.height()];
        for (int c = 0; c < CHANNELS; c++) {
            for (int y = 0; y < picture.height(); y++) {
                int row = (c * picture.height() + y) * picture.width();
                for (int x = 0; x < size; x++) {
                    rows[y * size + x] = weighted(across[x + left], i -> Math.max(0, Math.min(1, rgb[row + i])));
                }
            }
            for (int y = 0; y < size; y++) {
                for (int x = 0; x < size; x++) {
                    int column = x;
                    double value = weighted(down[y + top], i -> rows[i * size + column]);
                    pixels[(c * size + y) * size + x] = (float) ((Math.max(0, Math.min(1, value)) - MEAN[c]) / DEVIATION[c]);
                }
            }
        }
        return pixels;
    }

    /** Values by place. */
    private interface Line {
        double at(int i);
    }

    /** A row of weights holds the first place, and the weights from there on. */
    private static double weighted(double[] weights, Line line) {
        double sum = 0;
        int first = (int) weights[0];
        for (int k = 1; k < weights.length; k++) {
            sum += weights[k] * line.at(first + k - 1);
        }
        return sum;
    }

    private static double[][] weights(int from, int to) {
        double scale = (double) from / to;
        double spread = Math.max(1, scale);
        double[][] weights = new double[to][];
        for (int i = 0; i < to; i++) {
            double centre = (i + 0.5) * scale;
            int first = Math.max(0, (int) (centre - SUPPORT * spread + 0.5));
            int end = Math.min(from, (int) (centre + SUPPORT * spread + 0.5));
            double[] its = new double[end - first + 1];
            double sum = 0;
            its[0] = first;
            for (int k = 1; k < its.length; k++) {
                its[k] = cubic((first + k - 1 - centre + 0.5) / spread);
                sum += its[k];
            }
            for (int k = 1; k < its.length; k++) {
                its[k] /= sum;
            }
            weights[i] = its;
        }
        return weights;
    }

    private static double cubic(double distance) {
        double x = Math.abs(distance);
        if (x < 1) {
            return ((A + 2) * x - (A + 3)) * x * x + 1;
        }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }
}
