package io.halftone.metrics;

import java.util.List;

/**
 * A structural similarity over several scales.
 *
 * @param value   1 for equal pictures, less for others, at least 0
 * @param weights of the scales, the largest scale first; their sum is 1. Five, as published, where both sides have 161 pixels or
 *                more; fewer, divided by their sum, for smaller pictures, whose lower scales would have no window of 11 pixels
 */
public record MsSsim(double value, List<Double> weights) {
    /** The scales that are usual. */
    public static final int USUAL_SCALES = 5;

    private static final double[] PUBLISHED = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

    public MsSsim {
        weights = List.copyOf(weights);
    }

    /** How many scales there are. */
    public int scales() {
        return weights.size();
    }

    /** The weights for pictures whose shorter side has that many pixels, 11 at least. */
    public static List<Double> weights(int side) {
        int scales = 1;
        for (int halved = (side + 1) / 2; scales < USUAL_SCALES && halved >= Similarity.WINDOW; halved = (halved + 1) / 2) {
            scales++;
        }
        double sum = 0;
        for (int i = 0; i < scales; i++) {
            sum += PUBLISHED[i];
        }
        Double[] weights = new Double[scales];
        for (int i = 0; i < scales; i++) {
            // the five published ones already add up to 1.0001 and are taken as they are
            weights[i] = scales == USUAL_SCALES ? PUBLISHED[i] : PUBLISHED[i] / sum;
        }
        return List.of(weights);
    }
}
