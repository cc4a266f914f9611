package io.halftone.synthesis;

import io.halftone.ops.Shape;
import java.util.List;

/**
 * Which numbers a tensor gets, by its name and shape: such that no activation of a deep model grows beyond float16 or dies out.
 *
 * @param mean      of the elements
 * @param deviation standard deviation of the elements
 */
record TensorScale(double mean, double deviation) {
    /** Of tables, biases, and around the 1 of norms. */
    private static final double SMALL = 0.02;
    private static final List<String> TABLES = List.of("token_embedding.weight", "position_embedding.weight", "shared.weight",
        "relative_attention_bias.weight", "pos_embed.pos_embed");

    /** The scale of a parameter. */
    static TensorScale of(String name, Shape shape) {
        if (shape.rank() < 2) {
            return new TensorScale(name.endsWith(".bias") ? 0 : 1, SMALL);
        }
        if (TABLES.stream().anyMatch(name::endsWith)) {
            return new TensorScale(0, SMALL);
        }
        // outputs then have the variance of inputs
        double inputs = 1;
        for (int axis = 1; axis < shape.rank(); axis++) {
            inputs *= shape.dim(axis).size();
        }
        return new TensorScale(0, 1 / Math.sqrt(Math.max(1, inputs)));
    }
}
