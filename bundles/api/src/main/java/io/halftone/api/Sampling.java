package io.halftone.api;

import java.util.Collections;
import java.util.List;

/**
 * The pictures to make.
 *
 * @param prompts        made together
 * @param negativePrompt what none of them should show; empty for nothing
 * @param steps          denoising steps; 0 for the pipeline's usual number
 * @param guidanceScale  NaN for the pipeline's usual one
 * @param height         pixels; 0 for the pipeline's usual one
 * @param width          pixels; 0 for the pipeline's usual one
 * @param seed           fixes the noise: the same seed gives the picture that diffusers gives with a CPU generator of it
 * @param initialLatents a safetensors file whose tensor {@code initial_noise} is used in place of drawn noise; empty to draw
 * @param imagesPerPrompt how many pictures of each prompt, one behind the other
 * @param tiled          whether large pictures are decoded in overlapping tiles, which takes less memory
 */
public record Sampling(List<String> prompts, String negativePrompt, int steps, double guidanceScale, long height, long width, long seed,
                       String initialLatents, int imagesPerPrompt, boolean tiled) {
    public Sampling {
        prompts = List.copyOf(prompts);
        Checks.atLeast("num-images-per-prompt", imagesPerPrompt, 1);
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException("prompt: found none; expected at least one");
        }
        Checks.atLeast("num-inference-steps", steps, 0);
        Checks.atLeast("height", height, 0);
        Checks.atLeast("width", width, 0);
        if (guidanceScale < 0 || Double.isInfinite(guidanceScale)) {
            throw new IllegalArgumentException("guidance-scale: found " + guidanceScale + "; expected a number >= 0");
        }
    }

    /** One picture of each prompt, decoded whole. */
    public Sampling(List<String> prompts, String negativePrompt, int steps, double guidanceScale, long height, long width, long seed,
                    String initialLatents) {
        this(prompts, negativePrompt, steps, guidanceScale, height, width, seed, initialLatents, 1, false);
    }

    /** The prompts of the pictures, in their order: each prompt as often as it has pictures. */
    public List<String> picturePrompts() {
        return prompts.stream().flatMap(p -> Collections.nCopies(imagesPerPrompt, p).stream()).toList();
    }

    /** One picture with the pipeline's usual settings. */
    public static Sampling of(String prompt, long seed) {
        return new Sampling(List.of(prompt), "", 0, Double.NaN, 0, 0, seed, "");
    }
}
