package io.halftone.checkpoint;

/** How much of a quantized backbone a checkpoint holds. */
public enum Form {
    /**
     * Every tensor; a weight that its format rounds is stored as the codes it rounds to, of 8 or 4 bits. What runs or is exported
     * from it is equal, value by value, to what runs from the weights themselves.
     */
    COMPACT,
    /** Every tensor, weights as they are before they are rounded, in the type that the model computes in. */
    FULL,
    /**
     * Ranges, vectors and added parameters alone, bound to the base checkpoint by its digest. Weights that an algorithm changed are
     * left out where dividing the base's by the layer's smoothing factors gives them again, bit for bit, and stored otherwise.
     */
    STATE_ONLY
}
