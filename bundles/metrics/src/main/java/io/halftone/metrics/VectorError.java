package io.halftone.metrics;

/**
 * How far a vector, such as the latents of a denoising step, is from what it should be.
 *
 * @param cosine   of the angle between them, -1 to 1
 * @param relative the Euclidean norm of the difference over that of the reference; 0 if they are equal
 */
public record VectorError(double cosine, double relative) {
    /**
     * Compares a part of two arrays; sums are taken in float64.
     *
     * @param from  first element
     * @param count number of elements
     * @throws IllegalArgumentException if the reference has no length, as zeros have none, or a value is not finite
     */
    public static VectorError of(float[] reference, float[] found, int from, int count) {
        double dot = 0;
        double squares = 0;
        double foundSquares = 0;
        double differences = 0;
        for (int i = from; i < from + count; i++) {
            double x = reference[i], y = found[i];
            dot += x * y;
            squares += x * x;
            foundSquares += y * y;
            differences += (x - y) * (x - y);
        }
        if (!(squares > 0) || !Double.isFinite(squares + foundSquares)) {
            throw new IllegalArgumentException("vector: found squared norms of " + squares + " and " + foundSquares
                + "; expected finite ones, the first over 0");
        }
        double cosine = foundSquares == 0 ? 0 : dot / (Math.sqrt(squares) * Math.sqrt(foundSquares));
        return new VectorError(Math.max(-1, Math.min(1, cosine)), Math.sqrt(differences / squares));
    }

    /** Compares arrays of one length. */
    public static VectorError of(float[] reference, float[] found) {
        if (reference.length != found.length) {
            throw new IllegalArgumentException("vector: found " + found.length + " values; expected " + reference.length);
        }
        return of(reference, found, 0, reference.length);
    }
}
