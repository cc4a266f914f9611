package io.halftone.sd3.internal;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.Named;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.Preset;
import io.halftone.pipeline.PresetFiles;
import io.halftone.pipeline.Usage;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;

/**
 * Stable Diffusion 3 medium. Source of its files: stabilityai/stable-diffusion-3-medium-diffusers on the hub; of the advice and the
 * extents: NVIDIA Model Optimizer, diffusers example, release 0.21.
 */
@Component(service = Preset.class, configurationPolicy = ConfigurationPolicy.IGNORE)
@Named("sd3-medium")
public final class Sd3MediumPreset implements Preset {
    private static final List<String> FILES = List.of("model_index.json", "scheduler/scheduler_config.json", "text_encoder/config.json",
        "text_encoder_2/config.json", "text_encoder_3/config.json", "tokenizer/special_tokens_map.json", "tokenizer/tokenizer_config.json",
        "tokenizer_2/special_tokens_map.json", "tokenizer_2/tokenizer_config.json", "tokenizer_3/special_tokens_map.json",
        "tokenizer_3/tokenizer_config.json", "transformer/config.json", "vae/config.json");
    private static final int STEPS = 20;
    /** Of the latents; 1024 pixels. */
    private static final long SIDE = 128;
    /** CLIP's and T5's. */
    private static final long TEXT_TOKENS = 77 + 256;

    @Override
    public Map<String, String> files() {
        return PresetFiles.read(Sd3MediumPreset.class, "/presets/sd3-medium", FILES);
    }

    @Override
    public Usage usage() {
        return new Usage(28, 7, 1024, 1024);
    }

    /** {@inheritDoc} The collector is without effect in INT8: it serves convolutions, and the only one is never quantized. */
    @Override
    public Advice advice(String format) {
        return format.equals("int8")
            ? new Advice("smoothquant", Map.of("alpha", "0.8"), "min-mean", 1, 32, 2, STEPS)
            : new Advice("max", Map.of(), "default", 1, 128, 2, STEPS);
    }

    @Override
    public Map<String, Extent> extents() {
        Extent side = new Extent(SIDE, SIDE, SIDE);
        return Map.of("batch_size", new Extent(2, 16, 16), "height", side, "width", side, "steps", new Extent(2, 16, 16),
            "sequence_length", new Extent(TEXT_TOKENS, TEXT_TOKENS, TEXT_TOKENS));
    }
}
