package io.halftone.algorithm.smoothquant;

import io.halftone.quant.LayerRun;
import java.util.Map;

/** The option that says how much of the difficulty moves from the input to the weight: 0 to 1. */
public final class Alpha {
    /** The option's name. */
    public static final String OPTION = "alpha";

    private Alpha() {}

    /**
     * Refuses a value that is no number from 0 to 1.
     *
     * @throws IllegalArgumentException naming the option, what was found and what was expected
     */
    public static void check(Map<String, String> values) {
        String given = values.get(OPTION);
        if (given != null) {
            double alpha;
            try {
                alpha = Double.parseDouble(given);
            } catch (NumberFormatException e) {
                alpha = Double.NaN;
            }
            checked(alpha, given);
        }
    }

    /** The run's value. */
    public static double of(LayerRun run, double usual) {
        double alpha = run.option(OPTION, usual);
        return checked(alpha, Double.toString(alpha));
    }

    private static double checked(double alpha, String given) {
        if (!(alpha >= 0 && alpha <= 1)) {
            throw new IllegalArgumentException(OPTION + ": found " + given + "; expected 0 to 1");
        }
        return alpha;
    }
}
