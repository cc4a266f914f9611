package io.halftone.shell.internal;

import io.halftone.quant.PlanRecipe;
import io.halftone.recipe.RecipeFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The option {@code --recipe FILE}. */
final class RecipeOption {
    static final String HELP =
        "Recipe file: format, level, policy, algorithm, collector, and rules for some layers; options that contradict it are refused";

    private RecipeOption() {}

    /**
     * What the file says.
     *
     * @param file absolute path; empty where the option was not given
     */
    static PlanRecipe read(String file) throws IOException {
        if (file.isEmpty()) {
            return Quantization.NO_RECIPE;
        }
        try {
            return RecipeFile.read(Path.of(file));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("recipe: found no file " + file + "; expected one", e);
        }
    }
}
