package io.halftone.api;

import io.halftone.quant.QuantLevel;
import java.util.stream.Stream;

/**
 * Ask what a level quantizes.
 *
 * @param path   a pipeline folder; empty where another is given
 * @param model  a name in the configured model folders; empty where another is given
 * @param config a backbone's config.json; empty where another is given
 * @param format name of the number format
 * @param level  how much to quantize
 * @param policy name of the level policy
 */
public record PlanRequest(String path, String model, String config, String format, QuantLevel level, String policy) {
    public PlanRequest {
        long given = Stream.of(path, model, config).filter(text -> !text.isEmpty()).count();
        if (given != 1) {
            throw new IllegalArgumentException("plan: found " + given + " of a path, a model and a config; expected one of them");
        }
    }
}
