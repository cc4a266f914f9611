package io.halftone.api;

import io.halftone.quant.QuantLevel;
import java.util.Map;

/**
 * What to quantize, and how.
 *
 * @param format     name of the number format
 * @param level      how much to quantize
 * @param policy     name of the level policy
 * @param algorithm  name of the algorithm
 * @param options    options of the algorithm by name, such as {@code alpha}; those it does not honour are refused
 * @param collector  name of the collector
 * @param percentile the first fraction of denoising steps that counts for step-wise collectors, over 0 to 1
 */
public record QuantSettings(String format, QuantLevel level, String policy, String algorithm, Map<String, String> options,
                            String collector, double percentile) {
    public QuantSettings {
        options = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(options));
        if (!(percentile > 0 && percentile <= 1)) {
            throw new IllegalArgumentException("percentile: found " + percentile + "; expected over 0, at most 1");
        }
    }

    /** INT8 at a level: SmoothQuant with alpha 0.8, ranges by the largest magnitude. */
    public static QuantSettings int8(QuantLevel level) {
        return new QuantSettings("int8", level, "standard", "smoothquant", Map.of("alpha", "0.8"), "default", 1);
    }
}
