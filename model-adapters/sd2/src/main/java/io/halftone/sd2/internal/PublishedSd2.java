package io.halftone.sd2.internal;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.PresetFiles;
import java.util.List;
import java.util.Map;

/**
 * What the presets of this family share. Source of the advice and the extents: NVIDIA Model Optimizer, diffusers example, release
 * 0.21, which takes the least range over all steps for convolutions here, whatever else is asked for.
 *
 * @param name the preset's, and that of the folder of its files in this bundle
 * @param side of the latents
 */
record PublishedSd2(String name, long side) {
    private static final List<String> FILES = List.of("model_index.json", "feature_extractor/preprocessor_config.json",
        "scheduler/scheduler_config.json", "text_encoder/config.json", "tokenizer/special_tokens_map.json",
        "tokenizer/tokenizer_config.json", "unet/config.json", "vae/config.json");
    private static final int STEPS = 20;
    private static final long TEXT_TOKENS = 77;

    Map<String, String> files() {
        return PresetFiles.read(PublishedSd2.class, "/presets/" + name, FILES);
    }

    Advice advice(String format) {
        return format.equals("int8")
            ? new Advice("smoothquant", Map.of("alpha", "0.8"), "global_min", 1, 32, 2, STEPS)
            : new Advice("max", Map.of(), "default", 1, 128, 2, STEPS);
    }

    Map<String, Extent> extents() {
        Extent sides = new Extent(side, side, side);
        return Map.of("batch_size", new Extent(2, 16, 16), "height", sides, "width", sides, "steps", new Extent(1, 1, 1),
            "sequence_length", new Extent(TEXT_TOKENS, TEXT_TOKENS, TEXT_TOKENS));
    }
}
