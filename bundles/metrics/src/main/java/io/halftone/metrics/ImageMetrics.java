package io.halftone.metrics;

import io.halftone.imaging.Picture;
import java.util.ArrayList;
import java.util.List;

/** How much a picture differs from a reference; values are taken as they are, neither rounded nor clamped. */
public final class ImageMetrics {
    private static final int CHANNELS = 3;

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
        requireWindow("ssim", a);
        List<Plane> x = planes(a), y = planes(b);
        double sum = 0;
        for (int c = 0; c < CHANNELS; c++) {
            sum += Similarity.of(x.get(c), y.get(c)).whole();
        }
        return sum / CHANNELS;
    }

    /**
     * The structural similarity over several scales, each half as large as the one before: the product of each scale's mean contrast and
     * structure, and of the last one's mean similarity, to the power of its weight, for each channel, and the mean over the channels.
     * Means below 0 count as 0. Sides that are odd get a line of zeros on both ends before they are halved, as pytorch-msssim has it.
     * Source: Wang et al. 2003, Multiscale structural similarity, equation 7 and the weights of its section 3.2.
     *
     * @throws IllegalArgumentException if the sizes differ or a side is under 11 pixels
     */
    public static MsSsim msSsim(Picture a, Picture b) {
        requireOneSize("ms-ssim", a, b);
        requireWindow("ms-ssim", a);
        List<Double> weights = MsSsim.weights(Math.min(a.width(), a.height()));
        List<Plane> x = planes(a), y = planes(b);
        double sum = 0;
        for (int c = 0; c < CHANNELS; c++) {
            Plane p = x.get(c), q = y.get(c);
            double product = 1;
            for (int scale = 0; scale < weights.size(); scale++) {
                Similarity similarity = Similarity.of(p, q);
                boolean last = scale == weights.size() - 1;
                product *= Math.pow(Math.max(0, last ? similarity.whole() : similarity.contrastAndStructure()), weights.get(scale));
                if (!last) {
                    p = p.halved();
                    q = q.halved();
                }
            }
            sum += product;
        }
        return new MsSsim(sum / CHANNELS, weights);
    }

    private static List<Plane> planes(Picture picture) {
        float[] rgb = picture.rgb();
        int area = picture.width() * picture.height();
        List<Plane> planes = new ArrayList<>();
        for (int c = 0; c < CHANNELS; c++) {
            double[] values = new double[area];
            for (int i = 0; i < area; i++) {
                values[i] = rgb[c * area + i];
            }
            planes.add(new Plane(picture.width(), picture.height(), values));
        }
        return planes;
    }

    private static void requireWindow(String metric, Picture a) {
        if (Math.min(a.width(), a.height()) < Similarity.WINDOW) {
            throw new IllegalArgumentException(metric + ": found " + a.width() + "x" + a.height() + "; expected at least " + Similarity.WINDOW
                + "x" + Similarity.WINDOW + ", the size of its window");
        }
    }

    static void requireOneSize(String metric, Picture a, Picture b) {
        if (a.width() != b.width() || a.height() != b.height()) {
            throw new IllegalArgumentException(metric + ": found " + a.width() + "x" + a.height() + " and " + b.width() + "x" + b.height()
                + "; expected pictures of one size");
        }
    }
}
