package io.halftone.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.quant.PlanRecipe;
import io.halftone.quant.PlanRule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecipeFileTest {
    private static final PlanRecipe RECIPE = new PlanRecipe("int8", "2.5", "standard", "smoothquant", "min-mean", List.of(
        new PlanRule("", "modulation", true, "fp8", "max", ""),
        new PlanRule("*.attn.to_k", "qkv", true, "", "", "reference-min-mean"),
        new PlanRule("transformer_blocks.0.*", "", false, "", "", "")));
    private static final String YAML = """
        # The first block stays as it is
        version: 1
        format: int8
        level: 2.5
        policy: standard
        algorithm: smoothquant
        collector: min-mean
        rules:
          - role: modulation
            format: fp8
            algorithm: max
          - layers: "*.attn.to_k"
            role: qkv
            collector: reference-min-mean
          - layers: "transformer_blocks.0.*"
            quantize: false
        """;

    @TempDir
    private Path folder;

    private PlanRecipe read(String name, String text) throws IOException {
        return RecipeFile.read(Files.writeString(folder.resolve(name), text));
    }

    @Test
    void readsYaml() throws IOException {
        assertEquals(RECIPE, read("recipe.yaml", YAML));
    }

    @Test
    void readsJsonWhateverTheFileIsCalled() throws IOException {
        String json = """
            {
            \t"version": 1, "format": "int8", "level": 2.5, "policy": "standard", "algorithm": "smoothquant", "collector": "min-mean",
            \t"rules": [
            \t\t{"role": "modulation", "format": "fp8", "algorithm": "max"},
            \t\t{"layers": "*.attn.to_k", "role": "qkv", "quantize": true, "collector": "reference-min-mean"},
            \t\t{"layers": "transformer_blocks.0.*", "quantize": false}
            \t]
            }
            """;
        assertEquals(RECIPE, read("recipe.json", json));
        assertEquals(RECIPE, read("recipe.yaml", json));
        assertEquals(RECIPE, read("recipe.json", YAML));
        assertEquals(RECIPE, read("marked.yaml", "\uFEFF" + YAML));
    }

    @Test
    void writesWhatIsPleasantToRead() throws IOException {
        Path file = folder.resolve("out.yaml");
        RecipeFile.write(RECIPE, file, List.of("The first block stays as it is"));
        assertEquals(YAML, Files.readString(file));
    }

    @Test
    void leavesOutWhatIsTheUsersChoice() throws IOException {
        PlanRecipe least = new PlanRecipe("", "", "", "", "", List.of());
        Path file = folder.resolve("least.yaml");
        RecipeFile.write(least, file, List.of());
        assertEquals("version: 1\n", Files.readString(file));
        assertEquals(least, RecipeFile.read(file));
        assertEquals(PlanRecipe.NONE, read("none.yaml", "version: 1\nlevel: none\n").level());
    }

    @Test
    void readsBackWhatItWrites() throws IOException {
        Random random = new Random(3);
        Path file = folder.resolve("any.yaml");
        for (int i = 0; i < 100; i++) {
            List<PlanRule> rules = new ArrayList<>();
            for (int rule = random.nextInt(4); rule > 0; rule--) {
                boolean quantized = random.nextBoolean();
                rules.add(new PlanRule(name(random) + "*", random.nextBoolean() ? "feed-forward" : "", quantized,
                    quantized ? name(random) : "", quantized ? name(random) : "", quantized ? name(random) : ""));
            }
            PlanRecipe recipe = new PlanRecipe(name(random), "3", name(random), name(random), name(random), rules);
            RecipeFile.write(recipe, file, List.of(name(random), name(random)));
            assertEquals(recipe, RecipeFile.read(file));
        }
    }

    /** Names that mean something else in YAML, and any characters at all. */
    private static String name(Random random) {
        String[] awkward = {"", "no", "null", "~", "1", "2.5", "0x1f", "- a", "a: b", "#", "&a", "*", "!t", "\"", "\\", "a\tb", "\u0007",
            "\u2028", "\u0085x", "\uFEFF", "\uFFFF", "\u00e9", "\uD83D\uDE00", "a #b", " a ", "'", "<<", ".nan", "---", "[a", "{",
            "%Y", "@", "`"};
        return awkward[random.nextInt(awkward.length)];
    }

    @Test
    void commentsStayComments() throws IOException {
        Path file = folder.resolve("comments.yaml");
        RecipeFile.write(new PlanRecipe("int8", "", "", "", "", List.of()), file,
            List.of("one\nformat: fp8", "two\u2028level: 4\u0085x\u0007", ""));
        assertEquals("# one\n# format: fp8\n# two\n# level: 4\n# x\n#\nversion: 1\nformat: int8\n", Files.readString(file));
        assertEquals("int8", RecipeFile.read(file).format());
    }

    @Test
    void refusesAFileThatIsTooLarge() throws IOException {
        Path file = Files.writeString(folder.resolve("large.yaml"), "version: 1\n#" + "x".repeat(RecipeFile.LIMIT));
        var e = assertThrows(IllegalArgumentException.class, () -> RecipeFile.read(file));
        assertEquals(file + ": found more than 1048576 bytes; expected a recipe of at most so many", e.getMessage());
    }

    @Test
    void refusesBytesThatAreNoText() throws IOException {
        Path file = Files.write(folder.resolve("latin.yaml"), "version: 1\nformat: \u00e9\n".getBytes(StandardCharsets.ISO_8859_1));
        var e = assertThrows(IllegalArgumentException.class, () -> RecipeFile.read(file));
        assertEquals(file + ":2: found bytes that are no UTF-8; expected text in UTF-8", e.getMessage());
    }

    @Test
    void aMissingFileIsAnErrorOfInput() {
        assertThrows(NoSuchFileException.class, () -> RecipeFile.read(folder.resolve("none.yaml")));
    }

    @Test
    void refusesFolder() {
        assertEquals(folder + ": found a folder; expected a recipe", assertThrows(IllegalArgumentException.class, () -> RecipeFile.read(folder)).getMessage());
    }
}
