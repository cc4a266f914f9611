package io.halftone.sdxl.internal;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.PresetFiles;
import java.util.List;
import java.util.Map;

/**
 * What the presets of this family share. Source of the advice and the extents: NVIDIA Model Optimizer, diffusers example, release
 * 0.21.
 *
 * @param name  the preset's, and that of the folder of its files in this bundle
 * @param batch of the backbone in an engine
 * @param side  of the latents in an engine
 * @param steps denoising steps of a prompt in calibration
 */
record PublishedXl(String name, Extent batch, Extent side, int steps) {
    private static final List<String> FILES = List.of("model_index.json", "scheduler/scheduler_config.json", "text_encoder/config.json",
        "text_encoder_2/config.json", "tokenizer/special_tokens_map.json", "tokenizer/tokenizer_config.json",
        "tokenizer_2/special_tokens_map.json", "tokenizer_2/tokenizer_config.json", "unet/config.json", "vae/config.json");
    private static final long TEXT_TOKENS = 77;

    Map<String, String> files() {
        return PresetFiles.read(PublishedXl.class, "/presets/" + name, FILES);
    }

    Advice advice(String format) {
        return format.equals("int8")
            ? new Advice("smoothquant", Map.of("alpha", "0.8"), "min-mean", 1, 32, 2, steps)
            : new Advice("max", Map.of(), "default", 1, 128, 2, steps);
    }

    Map<String, Extent> extents() {
        return Map.of("batch_size", batch, "height", side, "width", side, "steps", new Extent(1, 1, 1),
            "sequence_length", new Extent(TEXT_TOKENS, TEXT_TOKENS, TEXT_TOKENS));
    }
}
