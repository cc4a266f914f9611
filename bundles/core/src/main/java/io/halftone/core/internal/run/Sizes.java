package io.halftone.core.internal.run;

import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.PromptBatch;
import java.util.Collections;
import java.util.List;

/** What a request left to the pipeline, filled in. */
public final class Sizes {
    private Sizes() {}

    /**
     * The batch to run.
     *
     * @param guidance NaN for the pipeline's usual one
     * @param height   0 for the pipeline's usual one
     * @param width    0 for the pipeline's usual one
     * @throws IllegalArgumentException if a side is not a multiple of what the pipeline needs
     */
    public static PromptBatch batch(PipelineSpec spec, List<String> prompts, String negative, double guidance, long height, long width) {
        return new PromptBatch(prompts, Collections.nCopies(prompts.size(), negative), Double.isNaN(guidance) ? spec.guidanceScale() : guidance,
            side("height", height, spec.height(), spec), side("width", width, spec.width(), spec));
    }

    private static long side(String name, long asked, long usual, PipelineSpec spec) {
        long side = asked == 0 ? usual : asked;
        if (side < spec.sizeMultiple() || side % spec.sizeMultiple() != 0) {
            throw new IllegalArgumentException(name + ": found " + side + "; expected a multiple of " + spec.sizeMultiple());
        }
        return side;
    }
}
