package io.halftone.recipe;

import io.halftone.files.Staging;
import io.halftone.quant.PlanRecipe;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads and writes recipe files; the package's description has the format. */
public final class RecipeFile {
    /** The greatest size of a file, in bytes. */
    public static final int LIMIT = 1 << 20;

    private RecipeFile() {}

    /**
     * The recipe in a file, YAML or JSON.
     *
     * @throws IllegalArgumentException if it is not one; the message has the file, the line, what was found and what was expected
     * @throws IOException              if it cannot be read
     */
    public static PlanRecipe read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + ": found a folder; expected a recipe");
        }
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(LIMIT + 1);
        }
        if (bytes.length > LIMIT) {
            throw new IllegalArgumentException(file + ": found more than " + LIMIT + " bytes; expected a recipe of at most so many");
        }
        return RecipeParser.parse(file.toString(), decoded(file, bytes));
    }

    private static String decoded(Path file, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(in).toString();
        } catch (CharacterCodingException e) {
            long line = 1;
            for (int i = 0; i < in.position(); i++) {
                line += bytes[i] == '\n' ? 1 : 0;
            }
            throw new IllegalArgumentException(file + ":" + line + ": found bytes that are no UTF-8; expected text in UTF-8", e);
        }
    }

    /**
     * Writes a recipe as YAML, in place of what the file holds, whole or not at all. Of a rule that leaves layers as they are, nothing else is written.
     *
     * @param comments lines at the top, without the sign of a comment
     * @throws IOException if it cannot be written
     */
    public static void write(PlanRecipe recipe, Path file, List<String> comments) throws IOException {
        Staging.write(file, RecipeText.of(recipe, comments).getBytes(StandardCharsets.UTF_8));
    }
}
