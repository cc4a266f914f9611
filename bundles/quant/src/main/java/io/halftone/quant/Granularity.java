package io.halftone.quant;

/** What shares one scale. */
public enum Granularity {
    /** All elements of the tensor. */
    PER_TENSOR,
    /** The elements of one output channel: axis 0 of a weight. */
    PER_CHANNEL
}
