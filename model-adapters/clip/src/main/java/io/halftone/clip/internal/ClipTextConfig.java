package io.halftone.clip.internal;

import io.halftone.model.ModelConfig;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a CLIP text configuration says, checked.
 *
 * @param prefix       of the parameters other than the projection's; may be empty
 * @param hidden       extent of a token's state
 * @param intermediate extent inside the feed-forward
 * @param positions    tokens of a text
 * @param vocabulary   ids that there are
 * @param epsilon      of every layer norm
 * @param quickGelu    whether the activation is x * sigmoid(1.702 x); GELU otherwise
 * @param endId        the id of the end of a text
 * @param projection   extent of the projected end state; empty where there is no projection
 */
record ClipTextConfig(String prefix, long hidden, long intermediate, int layers, int heads, int positions, long vocabulary, double epsilon,
                      boolean quickGelu, long endId, Optional<Long> projection) {
    static final long EARLY_END_ID = 2;

    private static final Pattern VERSION = Pattern.compile("(\\d+)\\.(\\d+).*");

    static ClipTextConfig of(ModelConfig c) {
        c.expect("hidden_act", "quick_gelu", "gelu");
        boolean projects = c.className().equals("CLIPTextModelWithProjection");
        long hidden = c.longValue("hidden_size");
        int heads = c.intValue("num_attention_heads");
        if (hidden % heads != 0) {
            throw new IllegalArgumentException(c.source() + ": num_attention_heads: found " + heads + "; expected a divisor of " + hidden);
        }
        return new ClipTextConfig(projects || !isFlat(c) ? "text_model" : "", hidden, c.longValue("intermediate_size"),
            c.intValue("num_hidden_layers"), heads, c.intValue("max_position_embeddings", 77), c.longValue("vocab_size"),
            c.doubleValue("layer_norm_eps", 1e-5), c.string("hidden_act", "quick_gelu").equals("quick_gelu"),
            c.intValue("eos_token_id", 49407), projects ? Optional.of(c.longValue("projection_dim")) : Optional.empty());
    }

    /** From 5.6 on, transformers writes a CLIPTextModel, and only that one, without {@code text_model} before its names. */
    private static boolean isFlat(ModelConfig c) {
        Matcher version = VERSION.matcher(c.string("transformers_version", "4.0"));
        if (!version.matches()) {
            throw new IllegalArgumentException(c.source() + ": transformers_version: found " + c.string("transformers_version")
                + "; expected a version such as 4.57.1");
        }
        int major = Integer.parseInt(version.group(1));
        return major > 5 || major == 5 && Integer.parseInt(version.group(2)) >= 6;
    }

    /** The name of the end state among the outputs. */
    String pooled() {
        return projection.isPresent() ? "text_embeds" : "pooler_output";
    }
}
