package io.halftone.core.internal.search;

import java.util.List;

/**
 * What a search chose.
 *
 * @param chosen the quantized layers, in the order of the model
 * @param cost   of all multiplications, against 16 bits each
 * @param psnr   mean over the searched prompts, in dB
 */
public record Found(List<Measured> chosen, double cost, double psnr) {
    public Found {
        chosen = List.copyOf(chosen);
    }

    /** The candidates chosen. */
    public List<Candidate> mix() {
        return chosen.stream().map(Measured::candidate).toList();
    }
}
