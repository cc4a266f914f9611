package io.halftone.core.internal.search;

import io.halftone.quant.Planned;

/**
 * One way of quantizing one layer.
 *
 * @param planned the layer, and how
 * @param family  which of the searched families it belongs to: those of one format, decided together
 * @param price   bits of its multiplications against 16, 0 to 1
 */
public record Candidate(Planned planned, int family, double price) {
    /** The layer's full name. */
    public String layer() {
        return planned.layer().name();
    }
}
