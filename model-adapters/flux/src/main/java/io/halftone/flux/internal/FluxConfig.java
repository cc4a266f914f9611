package io.halftone.flux.internal;

import io.halftone.model.ModelConfig;
import java.util.List;

/**
 * What a transformer's configuration says, checked.
 *
 * @param inChannels   extent of an image token: the latents of one patch
 * @param layers       blocks that keep image and text apart
 * @param singleLayers blocks behind these, with one stream of tokens
 * @param textDim      extent of a text token's embedding
 * @param pooledDim    extent of the pooled text embedding
 * @param guided       whether the guidance scale is embedded
 * @param axes         elements of a head that turn with each coordinate of a token's place
 */
record FluxConfig(long inChannels, long outChannels, int layers, int singleLayers, int heads, long headDim, long textDim, long pooledDim,
                  boolean guided, List<Integer> axes) {
    /** Of every norm. */
    static final double EPSILON = 1e-6;

    static FluxConfig of(ModelConfig c) {
        if (c.intValue("patch_size", 1) != 1) {
            throw new IllegalArgumentException(c.source() + ": patch_size: found " + c.intValue("patch_size") + "; expected 1");
        }
        List<Integer> axes = c.has("axes_dims_rope") ? c.ints("axes_dims_rope") : List.of(16, 56, 56);
        int headDim = c.intValue("attention_head_dim", 128);
        boolean whole = axes.stream().allMatch(axis -> axis > 0 && axis % 2 == 0);
        if (axes.size() != 3 || !whole || axes.stream().mapToInt(axis -> axis).sum() != headDim) {
            throw new IllegalArgumentException(c.source() + ": axes_dims_rope: found " + axes
                + "; expected three even numbers that add up to attention_head_dim, " + headDim);
        }
        int inChannels = c.intValue("in_channels", 64);
        return new FluxConfig(inChannels, c.intValue("out_channels", inChannels), c.intValue("num_layers", 19), c.intValue("num_single_layers", 38),
            c.intValue("num_attention_heads", 24), headDim, c.intValue("joint_attention_dim", 4096), c.intValue("pooled_projection_dim", 768),
            c.flag("guidance_embeds", false), axes);
    }

    /** Extent of a token's state. */
    long dim() {
        return heads * headDim;
    }
}
