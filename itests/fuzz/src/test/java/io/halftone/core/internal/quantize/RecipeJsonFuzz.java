package io.halftone.core.internal.quantize;

import io.halftone.fuzz.Contract;
import io.halftone.ops.CheckpointException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The recipe that a checkpoint keeps of how it came to be. */
public final class RecipeJsonFuzz {
    private RecipeJsonFuzz() {
    }

    /** One input: the recipe. */
    public static void fuzzerTestOneInput(byte[] data) {
        Contract.check(() -> {
            Recipe recipe = Recipe.parse("x", new String(data, StandardCharsets.UTF_8));
            recipe.loras();
            recipe.components();
            recipe.summary();
            recipe.layersWithWeights();
            recipe.states("x", name -> new float[] {1});
        }, List.of(CheckpointException.class));
    }
}
