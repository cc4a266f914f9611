package org.example.pixart;

import io.halftone.model.ModelConfig;

/**
 * What a transformer's configuration says, checked.
 *
 * @param side          usual side of the latents, in latents
 * @param patch         latents that make one token on each side
 * @param captionDim    extent of a text token's embedding
 * @param bias          whether queries, keys and values have a bias
 * @param interpolation what positions are divided by: 2 where a grid of 64 patches is spread over 32 units
 * @param epsilon       of the norms in the blocks
 */
record PixArtConfig(long side, int patch, long inChannels, long outChannels, int layers, int heads, long headDim, long captionDim,
                    boolean bias, double interpolation, double epsilon) {
    /** The side from which on the source conditions on sizes, if the configuration does not say. */
    private static final long CONDITIONED_SIDE = 128;

    static PixArtConfig of(ModelConfig c) {
        c.expect("norm_type", "ada_norm_single");
        c.expect("activation_fn", "gelu-approximate");
        c.expect("attention_type", "default");
        for (String off : new String[] {"norm_elementwise_affine", "only_cross_attention", "double_self_attention", "upcast_attention"}) {
            c.expect(off, false);
        }
        long side = c.longValue("sample_size");
        if (c.flag("use_additional_conditions", side == CONDITIONED_SIDE)) {
            throw new IllegalArgumentException(c.source() + ": use_additional_conditions: found true, or none beside a sample_size of "
                + CONDITIONED_SIDE + "; expected false, as PixArt-Sigma has it");
        }
        long inChannels = c.longValue("in_channels");
        PixArtConfig config = new PixArtConfig(side, c.intValue("patch_size"), inChannels, c.longValue("out_channels"), c.intValue("num_layers"),
            c.intValue("num_attention_heads"), c.longValue("attention_head_dim"), c.longValue("caption_channels"),
            c.flag("attention_bias", true), c.doubleValue("interpolation_scale", Math.max(side / 64, 1)), c.doubleValue("norm_eps", 1e-6));
        c.expect("cross_attention_dim", Math.toIntExact(config.dim()));
        if (config.dim() % 4 != 0) {
            throw new IllegalArgumentException(c.source() + ": attention_head_dim: found " + config.heads() + " heads of " + config.headDim()
                + "; expected a multiple of 4 in all, for sines and cosines of two coordinates");
        }
        return config;
    }

    /** Extent of a token's state. */
    long dim() {
        return heads * headDim;
    }

    /** Patches on each side of a usual picture. */
    long patches() {
        return side / patch;
    }
}
