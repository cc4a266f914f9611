package org.example.pixart;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.PresetFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the presets share.
 *
 * @param name the preset's, and that of the folder of its files in this bundle
 * @param side of the latents
 * @param more files beside those that every pipeline of this family has
 */
record PublishedPixArt(String name, long side, List<String> more) {
    private static final List<String> FILES = List.of("model_index.json", "scheduler/scheduler_config.json", "text_encoder/config.json",
        "tokenizer/tokenizer_config.json", "transformer/config.json", "vae/config.json");
    private static final int STEPS = 20;

    Map<String, String> files() {
        List<String> files = new ArrayList<>(FILES);
        files.addAll(more);
        return PresetFiles.read(PublishedPixArt.class, "/presets/" + name, files);
    }

    /** That of other transformers; nobody has published one for this. */
    Advice advice(String format) {
        return format.equals("int8")
            ? new Advice("smoothquant", Map.of("alpha", "0.8"), "min-mean", 1, 32, 2, STEPS)
            : new Advice("max", Map.of(), "default", 1, 128, 2, STEPS);
    }

    Map<String, Extent> extents() {
        Extent sides = new Extent(side, side, side);
        long tokens = PixArtTransformer2DModelAdapter.TEXT_TOKENS;
        return Map.of("batch_size", new Extent(2, 2, 16), "height", sides, "width", sides, "steps", new Extent(1, 1, 1),
            "sequence_length", new Extent(tokens, tokens, tokens));
    }
}
