package io.halftone.pipeline;

import java.util.List;

/**
 * Pictures to make in one go.
 *
 * @param prompts         one for each picture
 * @param negativePrompts one for each picture; empty texts where there is none
 * @param guidanceScale   how strongly to follow the prompt; families with classifier-free guidance use none at 1 or below
 * @param height          pixels
 * @param width           pixels
 */
public record PromptBatch(List<String> prompts, List<String> negativePrompts, double guidanceScale, long height, long width) {
    public PromptBatch {
        prompts = List.copyOf(prompts);
        negativePrompts = List.copyOf(negativePrompts);
        if (prompts.isEmpty() || negativePrompts.size() != prompts.size()) {
            throw new IllegalArgumentException("prompts: found " + prompts.size() + " and " + negativePrompts.size()
                + " negative ones; expected at least one, and as many of both");
        }
    }

    /** The number of pictures. */
    public int size() {
        return prompts.size();
    }
}
