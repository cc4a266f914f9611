package io.halftone.core.internal.evaluate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One picture of an evaluation.
 *
 * @param prompt place of its prompt in the list, from 0
 * @param seed   fixes its noise, whatever else is in the batch
 */
public record Shot(int prompt, long seed) {
    /** Every prompt with every seed, in batches: the prompts of the first seed come first. */
    public static List<List<Shot>> batches(int prompts, List<Long> seeds, int size) {
        List<Shot> all = new ArrayList<>();
        for (long seed : seeds) {
            for (int prompt = 0; prompt < prompts; prompt++) {
                all.add(new Shot(prompt, seed));
            }
        }
        List<List<Shot>> batches = new ArrayList<>();
        for (int from = 0; from < all.size(); from += size) {
            batches.add(List.copyOf(all.subList(from, Math.min(all.size(), from + size))));
        }
        return batches;
    }

    /** The name of its file. */
    public String fileName() {
        return String.format(Locale.ROOT, "p%03d-s%d.png", prompt, seed);
    }
}
