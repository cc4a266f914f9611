package io.halftone.imaging;

/** How much a picture differs from a reference; values are taken as they are, neither rounded nor clamped. */
public final class ImageMetrics {
    private static final int CHANNELS = 3;
    private static final int WINDOW = 11;
    private static final double SIGMA = 1.5;
    private static final double C1 = 0.01 * 0.01;       // (K1 L)^2 with K1 = 0.01 and a data range L of 1
    private static final double C2 = 0.03 * 0.03;
    private static final double[] KERNEL = kernel();

    private ImageMetrics() {
    }

    /**
     * The peak signal-to-noise ratio over all values, for a peak of 1.
     *
     * @return in dB; infinite if the pictures are equal
     * @throws IllegalArgumentException if the sizes differ
     */
    public static double psnr(Picture a, Picture b) {
        requireOneSize("psnr", a, b);
        float[] x = a.rgb(), y = b.rgb();
        double sum = 0;
        for (int i = 0; i < x.length; i++) {
            double difference = (double) x[i] - y[i];
            sum += difference * difference;
        }
        return -10 * Math.log10(sum / x.length);
    }

    /**
     * The mean structural similarity: a Gaussian window of 11x11 and standard deviation 1.5, K1 = 0.01, K2 = 0.03, a data range of 1,
     * population covariance, the mean over the windows that lie wholly inside, and over the three channels. Source: Wang et al. 2004,
     * Image quality assessment, equation 13; on each colour channel instead of luminance.
     *
     * @return 1 for equal pictures, less for others; may be negative
     * @throws IllegalArgumentException if the sizes differ or a side is under 11 pixels
     */
    public static double ssim(Picture a, Picture b) {
        requireOneSize("ssim", a, b);
        int width = a.width(), height = a.height();
        if (width < WINDOW || height < WINDOW) {
            throw new IllegalArgumentException("ssim: found " + width + "x" + height + "; expected at least " + WINDOW + "x" + WINDOW
                + ", the size of its window");
        }
        float[] x = a.rgb(), y = b.rgb();
        double sum = 0;
        for (int c = 0; c < CHANNELS; c++) {
            sum += ssim(x, y, c * width * height, width, height);
        }
        return sum / CHANNELS;
    }

    private static double ssim(float[] x, float[] y, int offset, int width, int height) {
        double[] meanX = blur(x, null, offset, width, height);
        double[] meanY = blur(y, null, offset, width, height);
        double[] squareX = blur(x, x, offset, width, height);
        double[] squareY = blur(y, y, offset, width, height);
        double[] product = blur(x, y, offset, width, height);
        double sum = 0;
        for (int i = 0; i < meanX.length; i++) {
            double mx = meanX[i], my = meanY[i];
            double varianceX = squareX[i] - mx * mx, varianceY = squareY[i] - my * my, covariance = product[i] - mx * my;
            sum += (2 * mx * my + C1) * (2 * covariance + C2) / ((mx * mx + my * my + C1) * (varianceX + varianceY + C2));
        }
        return sum / meanX.length;
    }

    /** The weighted mean of x, or of x times y, in every window inside the plane; rows first, then columns. */
    private static double[] blur(float[] x, float[] y, int offset, int width, int height) {
        int across = width - WINDOW + 1, down = height - WINDOW + 1;
        double[] line = new double[width];
        double[] rows = new double[across * height];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int i = offset + row * width + column;
                line[column] = y == null ? x[i] : (double) x[i] * y[i];
            }
            for (int column = 0; column < across; column++) {
                double sum = 0;
                for (int k = 0; k < WINDOW; k++) {
                    sum += KERNEL[k] * line[column + k];
                }
                rows[row * across + column] = sum;
            }
        }
        double[] means = new double[across * down];
        for (int i = 0; i < means.length; i++) {
            double sum = 0;
            for (int k = 0; k < WINDOW; k++) {
                sum += KERNEL[k] * rows[i + k * across];
            }
            means[i] = sum;
        }
        return means;
    }

    private static double[] kernel() {
        double[] weights = new double[WINDOW];
        double total = 0;
        for (int k = 0; k < WINDOW; k++) {
            double distance = k - WINDOW / 2;
            weights[k] = Math.exp(-distance * distance / (2 * SIGMA * SIGMA));
            total += weights[k];
        }
        for (int k = 0; k < WINDOW; k++) {
            weights[k] /= total;
        }
        return weights;
    }

    private static void requireOneSize(String metric, Picture a, Picture b) {
        if (a.width() != b.width() || a.height() != b.height()) {
            throw new IllegalArgumentException(metric + ": found " + a.width() + "x" + a.height() + " and " + b.width() + "x" + b.height()
                + "; expected pictures of one size");
        }
    }
}
