package io.halftone.shell.internal;

import io.halftone.api.QuantSettings;
import io.halftone.quant.QuantLevel;
import java.util.Map;

/**
 * What was given about quantization; null stands for an option that was not given.
 *
 * @param level as written: 3 and 3.0 are the same
 */
record Quantization(String format, String level, String policy, String algorithm, Double alpha, String collector, double percentile) {
    static final String LEVEL_HELP =
        "How much is quantized: 1 convolutions, 2 feed-forward layers too, 2.5 queries, keys and values too, 3 all that is usual";
    static final String POLICY_HELP =
        "Which layers a level means: standard, by what they are for; reference, by the Python example's name filters";

    private static final String SMOOTHQUANT = "smoothquant";
    private static final double USUAL_ALPHA = 0.8;

    /** Everything else as usual for the format. */
    static Quantization usual(String format, String level) {
        return new Quantization(format, level, "standard", null, null, null, 1);
    }

    /**
     * The settings. INT8 is smoothed where nothing else was asked for; ranges are the largest magnitudes. An alpha that was given always goes to the algorithm, which refuses it if it has none.
     */
    QuantSettings settings() {
        boolean int8 = format.equals("int8");
        String chosen = Given.orElse(algorithm, int8 ? SMOOTHQUANT : "max");
        Map<String, String> options = Map.of();
        if (alpha != null) {
            options = Map.of("alpha", alpha.toString());
        } else if (chosen.equals(SMOOTHQUANT)) {
            options = Map.of("alpha", Double.toString(USUAL_ALPHA));
        }
        return new QuantSettings(format, new QuantLevel(level), policy, chosen, options, Given.orElse(collector, "default"),
            percentile);
    }
}
