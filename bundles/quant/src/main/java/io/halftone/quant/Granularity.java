package io.halftone.quant;

/** What shares one scale. */
public enum Granularity {
    /** All elements of the tensor. */
    PER_TENSOR,
    /** The elements of one output channel: axis 0 of a weight. */
    PER_CHANNEL,
    /** Runs of elements along the last axis; the range that calibration gives is that of the tensor. */
    PER_BLOCK,
    /** Nothing: the format leaves this slot as it is, by design. */
    NONE
}
