package io.halftone.ops;

/** What a layer is for. Level policies choose by it, so that no policy needs to know an architecture's names. */
public enum Role {
    /** A convolution of the trunk: in a residual block, a downsampler or an upsampler. */
    CONVOLUTION,
    /** A convolution on the short cut of a residual block. */
    SHORTCUT,
    /** A linear layer of a feed-forward block, whatever its name. */
    FEED_FORWARD,
    /** A projection to queries, keys or values. */
    QKV,
    /** The product of queries, keys and values. */
    ATTENTION,
    /** The projection behind an attention. */
    ATTENTION_OUTPUT,
    /** A projection into or out of a stack of transformer blocks. */
    PROJECTION,
    /** A projection of the conditioning vector to shifts, scales and gates. */
    MODULATION,
    /** An embedding of time, text, guidance, size or position. */
    EMBEDDING,
    /** The first layer on the latents. */
    INPUT,
    /** The last layer, which makes the prediction, and what modulates it. */
    OUTPUT
}
