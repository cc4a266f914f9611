package io.halftone.quant;

import java.util.List;

/**
 * Which layers are quantized, and how: a level to begin with, and rules that change it. It is what a recipe file holds, so that
 * mixed precision can be read and shared.
 *
 * @param format    name of the number format; empty for the user's choice
 * @param level     the level to begin with; {@link #NONE} for no layer; empty for the user's choice
 * @param policy    name of the level policy; empty for the user's choice
 * @param algorithm name of the algorithm; empty for the user's choice
 * @param collector name of the collector; empty for the user's choice
 * @param rules     in order
 */
public record PlanRecipe(String format, String level, String policy, String algorithm, String collector, List<PlanRule> rules) {
    /** The level of a recipe whose rules alone choose layers. */
    public static final String NONE = "none";

    public PlanRecipe {
        rules = List.copyOf(rules);
        if (!level.isEmpty() && !level.equals(NONE)) {
            level = new QuantLevel(level).name();
        }
    }
}
