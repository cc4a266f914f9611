package io.halftone.recipe;

import io.halftone.fuzz.Contract;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Recipe files, YAML and JSON. */
public final class RecipeFuzz {
    private RecipeFuzz() {
    }

    /** One input: the text. */
    public static void fuzzerTestOneInput(byte[] data) {
        Contract.check(() -> RecipeParser.parse("x", new String(data, StandardCharsets.UTF_8)), List.of(IllegalArgumentException.class));
    }
}
