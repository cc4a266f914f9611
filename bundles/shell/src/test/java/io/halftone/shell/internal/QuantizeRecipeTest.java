package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantSettings;
import io.halftone.quant.PlanRule;
import io.halftone.quant.QuantLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeRecipeTest {
    private static final List<PlanRule> RULES = List.of(new PlanRule("", "modulation", true, "int8", "max", ""),
        new PlanRule("conv_in", "", false, "", "", ""));

    @TempDir
    Path folder;

    @BeforeEach
    void writeRecipe() throws IOException {
        Files.writeString(folder.resolve("mixed.yaml"), """
            version: 1
            format: fp8
            level: 2.5
            policy: reference
            algorithm: max
            collector: min-mean
            rules:
              - role: modulation
                format: int8
                algorithm: max
              - layers: conv_in
                quantize: false
            """);
        Files.writeString(folder.resolve("rules.yaml"), """
            version: 1
            level: none
            rules:
              - layers: "*"
            """);
    }

    private QuantSettings settings(String recipe, String... further) throws Exception {
        var console = new Console(folder);
        console.halftone.formats.add("fp8");
        String[] arguments = java.util.Arrays.copyOf(new String[] {"--model", "m", "--onnx-dir", "/o", "--recipe", recipe}, 6
            + further.length);
        System.arraycopy(further, 0, arguments, 6, further.length);
        console.run(new QuantizeCommand(), arguments);
        return console.request(QuantizeRequest.class).settings();
    }

    private String refusal(String recipe, String... further) {
        return assertThrows(IllegalArgumentException.class, () -> settings(recipe, further)).getMessage();
    }

    @Test
    void takesWhatNoOptionSaysFromTheRecipe() throws Exception {
        assertEquals(new QuantSettings("fp8", new QuantLevel("2.5"), "reference", "max", Map.of(), "min-mean", 1, RULES),
            settings("mixed.yaml"));
    }

    @Test
    void takesOptionsThatSayTheSame() throws Exception {
        assertEquals(settings("mixed.yaml"), settings("mixed.yaml", "--format", "fp8", "--quant-level", "2.50", "--policy", "reference",
            "--quant-algo", "max", "--collect-method", "min-mean"));
    }

    @Test
    void takesWhatTheRecipeLeavesOpenFromOptionsAndAdvice() throws Exception {
        QuantSettings settings = settings("rules.yaml", "--quant-algo", "max");

        assertEquals(QuantSettings.RULES_ALONE, settings.level());
        assertEquals("int8", settings.format());
        assertEquals("max", settings.algorithm());
        assertEquals("default", settings.collector());
    }

    @Test
    void refusesOptionsThatContradictIt() {
        assertEquals("format: found int8 beside a recipe; expected fp8, as the recipe has it", refusal("mixed.yaml", "--format", "int8"));
        assertEquals("quant-level: found 3 beside a recipe; expected 2.5, as the recipe has it", refusal("mixed.yaml", "--quant-level",
            "3"));
        assertEquals("quant-level: found 3 beside a recipe; expected none, as the recipe has it", refusal("rules.yaml", "--quant-level",
            "3"));
        assertEquals("quant-level: found 4 beside a recipe; expected 2.5, as the recipe has it", refusal("mixed.yaml", "--quantize-mha"));
        assertEquals("policy: found standard beside a recipe; expected reference, as the recipe has it",
            refusal("mixed.yaml", "--policy", "standard"));
        assertEquals("quant-algo: found smoothquant beside a recipe; expected max, as the recipe has it",
            refusal("mixed.yaml", "--quant-algo", "smoothquant"));
        assertEquals("collect-method: found max beside a recipe; expected min-mean, as the recipe has it",
            refusal("mixed.yaml", "--collect-method", "max"));
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertEquals("recipe: found no file " + folder.resolve("other.yaml") + "; expected one", refusal("other.yaml"));
    }

    @Test
    void namesACheckpointOfRulesAloneAfterThem() throws Exception {
        var console = new Console(folder);
        console.run(new QuantizeCommand(), "--model", "m", "--recipe", "rules.yaml", "--quantized-torch-ckpt-save-path", ".");

        assertEquals(folder.resolve("m_recipe_int8.safetensors").toString(), console.request(QuantizeRequest.class).checkpoint().file());
    }
}
