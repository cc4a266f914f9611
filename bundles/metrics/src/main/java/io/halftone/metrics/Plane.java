package io.halftone.metrics;

/** One channel of a picture, row-major. Its array is not copied: it stays in this package. */
record Plane(int width, int height, double[] values) {
    /** The means of 2x2 squares; an odd side first gets a line of zeros on both ends. */
    Plane halved() {
        int left = width % 2, top = height % 2;
        int across = (width + left) / 2, down = (height + top) / 2;
        double[] means = new double[across * down];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                means[(row + top) / 2 * across + (column + left) / 2] += values[row * width + column] / 4;
            }
        }
        return new Plane(across, down, means);
    }
}
