package io.halftone.api;

import java.util.stream.Stream;

/**
 * Ask what settings quantize.
 *
 * @param path     a pipeline folder; empty where another is given
 * @param model    a name in the configured model folders, or of a preset; empty where another is given
 * @param config   a backbone's config.json; empty where another is given
 * @param settings what to quantize, and how
 */
public record PlanRequest(String path, String model, String config, QuantSettings settings) {
    public PlanRequest {
        long given = Stream.of(path, model, config).filter(text -> !text.isEmpty()).count();
        if (given != 1) {
            throw new IllegalArgumentException("plan: found " + given + " of a path, a model and a config; expected one of them");
        }
    }
}
