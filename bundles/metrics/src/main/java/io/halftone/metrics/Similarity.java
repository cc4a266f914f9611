package io.halftone.metrics;

/**
 * How alike two planes are in a Gaussian window of 11x11, standard deviation 1.5, that moves over all places inside.
 *
 * @param whole                mean of luminance, contrast and structure together
 * @param contrastAndStructure mean without luminance
 */
record Similarity(double whole, double contrastAndStructure) {
    static final int WINDOW = 11;
    private static final double SIGMA = 1.5;
    private static final double C1 = 0.01 * 0.01;       // (K1 L)^2 with K1 = 0.01 and a data range L of 1
    private static final double C2 = 0.03 * 0.03;
    private static final double[] KERNEL = kernel();

    static Similarity of(Plane x, Plane y) {
        double[] meanX = blur(x, null);
        double[] meanY = blur(y, null);
        double[] squareX = blur(x, x);
        double[] squareY = blur(y, y);
        double[] product = blur(x, y);
        double whole = 0;
        double partial = 0;
        for (int i = 0; i < meanX.length; i++) {
            double mx = meanX[i], my = meanY[i];
            double varianceX = squareX[i] - mx * mx, varianceY = squareY[i] - my * my, covariance = product[i] - mx * my;
            whole += (2 * mx * my + C1) * (2 * covariance + C2) / ((mx * mx + my * my + C1) * (varianceX + varianceY + C2));
            partial += (2 * covariance + C2) / (varianceX + varianceY + C2);
        }
        return new Similarity(whole / meanX.length, partial / meanX.length);
    }

    /** The weighted mean of x, or of x times y, in every window inside the plane; rows first, then columns. */
    private static double[] blur(Plane x, Plane y) {
        int width = x.width(), height = x.height();
        int across = width - WINDOW + 1, down = height - WINDOW + 1;
        double[] line = new double[width];
        double[] rows = new double[across * height];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                int i = row * width + column;
                line[column] = y == null ? x.values()[i] : x.values()[i] * y.values()[i];
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
}
