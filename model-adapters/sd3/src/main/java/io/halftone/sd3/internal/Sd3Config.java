package io.halftone.sd3.internal;

import io.halftone.model.ModelConfig;
import java.util.List;
import java.util.Set;

/**
 * What a transformer's configuration says, checked.
 *
 * @param side        usual side of the latents, in latents
 * @param patch       latents that make one token on each side
 * @param textDim     extent of a text token's embedding
 * @param pooledDim   extent of the pooled text embedding
 * @param outChannels channels of the prediction
 * @param positions   rows, and columns, of the grid that position embeddings are cropped from
 * @param dual        the blocks whose image tokens attend once more, to themselves alone
 * @param normalized  whether queries and keys are normalized
 */
record Sd3Config(long side, int patch, long inChannels, int layers, int heads, long headDim, long textDim, long pooledDim, long outChannels,
                 long positions, Set<Integer> dual, boolean normalized) {
    /** Of every layer norm. */
    static final double EPSILON = 1e-6;

    static Sd3Config of(ModelConfig c) {
        c.expect("qk_norm", "rms_norm");
        int patch = c.intValue("patch_size", 2);
        int heads = c.intValue("num_attention_heads", 18);
        long headDim = c.intValue("attention_head_dim", 64);
        int inChannels = c.intValue("in_channels", 16);
        Sd3Config config = new Sd3Config(c.intValue("sample_size", 128), patch, inChannels, c.intValue("num_layers", 18), heads, headDim,
            c.intValue("joint_attention_dim", 4096), c.intValue("pooled_projection_dim", 2048), c.intValue("out_channels", inChannels),
            c.intValue("pos_embed_max_size", 96), dual(c), c.has("qk_norm"));
        int captionDim = c.intValue("caption_projection_dim", 1152);
        if (captionDim != config.dim()) {
            throw new IllegalArgumentException(c.source() + ": caption_projection_dim: found " + captionDim + "; expected " + config.dim()
                + ", " + heads + " heads of " + headDim);
        }
        if (config.positions() * patch < config.side()) {
            throw new IllegalArgumentException(c.source() + ": pos_embed_max_size: found " + config.positions() + "; expected at least "
                + config.side() / patch + ", as sample_size has patches");
        }
        return config;
    }

    private static Set<Integer> dual(ModelConfig c) {
        boolean none = !c.has("dual_attention_layers") || List.of().equals(c.asMap().get("dual_attention_layers"));
        return none ? Set.of() : Set.copyOf(c.ints("dual_attention_layers"));
    }

    /** Extent of a token's state. */
    long dim() {
        return heads * headDim;
    }

    /** The largest side that an engine need take, in latents. */
    long greatestSide() {
        return Math.min(2 * side, positions * patch);
    }
}
