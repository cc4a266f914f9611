package io.halftone.core.internal.task;

import io.halftone.api.Defaults;
import io.halftone.core.internal.Plugins;
import io.halftone.pipeline.Advice;

/** What to calibrate with where the user says nothing: as the preset or the format advises, unless it is configured. */
public final class Advices {
    private static final String USUAL_COLLECTOR = "default";
    private static final int USUAL_PROMPTS = 32;
    private static final int USUAL_BATCH = 2;
    private static final int USUAL_STEPS = 20;

    private Advices() {}

    /**
     * The advice for a model and a format.
     *
     * @param model name of a preset; anything else gives what suits the format
     */
    public static Advice of(Plugins plugins, Defaults configured, String model, String format) {
        String usual = plugins.formats().get(format).usualAlgorithm();
        Advice advice = plugins.presets().has(model) ? plugins.presets().get(model).advice(format)
            : new Advice(usual, plugins.algorithms().get(usual).usual(), USUAL_COLLECTOR, 1, USUAL_PROMPTS, USUAL_BATCH, USUAL_STEPS);
        String algorithm = configured.algorithm();
        boolean other = !algorithm.isEmpty() && !algorithm.equals(advice.algorithm());
        return new Advice(other ? algorithm : advice.algorithm(), other ? plugins.algorithms().get(algorithm).usual() : advice.options(),
            configured.collector().isEmpty() ? advice.collector() : configured.collector(), advice.percentile(), advice.calibSize(),
            advice.batchSize(), advice.steps());
    }
}
