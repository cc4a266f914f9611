package io.halftone.api;

import io.halftone.quant.PlanRule;
import io.halftone.quant.QuantLevel;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What to quantize, and how.
 *
 * @param format     name of the number format
 * @param level      how much to quantize; {@link #RULES_ALONE} where rules alone choose layers
 * @param policy     name of the level policy
 * @param algorithm  name of the algorithm
 * @param options    options of the algorithms by name, such as {@code alpha}; those that none of them honours are refused
 * @param collector  name of the collector
 * @param percentile the first fraction of denoising steps that counts, over 0 to 1
 * @param rules      what is said of some layers beyond the level, in order; each must speak of a layer
 */
public record QuantSettings(String format, QuantLevel level, String policy, String algorithm, Map<String, String> options,
                            String collector, double percentile, List<PlanRule> rules) {
    /** The level that chooses no layer. */
    public static final QuantLevel RULES_ALONE = new QuantLevel("0");

    public QuantSettings {
        options = Collections.unmodifiableMap(new TreeMap<>(options));
        rules = List.copyOf(rules);
        if (!(percentile > 0 && percentile <= 1)) {
            throw new IllegalArgumentException("percentile: found " + percentile + "; expected over 0, at most 1");
        }
    }

    /** INT8 at a level: SmoothQuant with alpha 0.8, ranges by the largest magnitude. */
    public static QuantSettings int8(QuantLevel level) {
        return new QuantSettings("int8", level, "standard", "smoothquant", Map.of("alpha", "0.8"), "default", 1, List.of());
    }

    /** FP8 at a level: nothing is moved between inputs and weights, ranges by the largest magnitude. */
    public static QuantSettings fp8(QuantLevel level) {
        return new QuantSettings("fp8", level, "standard", "max", Map.of(), "default", 1, List.of());
    }

    /** These settings with other rules. */
    public QuantSettings with(QuantLevel otherLevel, List<PlanRule> otherRules) {
        return new QuantSettings(format, otherLevel, policy, algorithm, options, collector, percentile, otherRules);
    }
}
