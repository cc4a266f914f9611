package io.halftone.lora;

import java.util.List;

/**
 * What a LoRA file has for one layer: B A times a factor.
 *
 * @param layer   as the file spells it
 * @param keys    all of the pair's, for messages
 * @param down    the key of A
 * @param up      the key of B
 * @param outputs rows of B
 * @param rank    columns of B and rows of A
 * @param inner   the further extents of A: (in), or (in, height, width)
 * @param factor  alpha / rank
 */
record LoraPair(String layer, List<String> keys, String down, String up, long outputs, long rank, List<Long> inner, double factor) {
    LoraPair {
        keys = List.copyOf(keys);
        inner = List.copyOf(inner);
    }

    /** How many columns A has, taken as a matrix. */
    long columns() {
        return inner.stream().reduce(1L, Math::multiplyExact);
    }
}
