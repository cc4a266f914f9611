package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.PlanRequest;
import io.halftone.api.QuantSettings;
import io.halftone.quant.PlanRule;
import io.halftone.quant.QuantLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlanCommandTest {
    private final Console console = new Console(Path.of("/data"));

    @Test
    void asksForLevel3OfInt8ByTheStandardPolicy() throws Exception {
        console.run(new PlanCommand(), "--model", "tiny-sdxl");

        assertEquals(new PlanRequest("", "tiny-sdxl", "", QuantSettings.int8(new QuantLevel("3"))), console.request(PlanRequest.class));
    }

    @Test
    void takesAConfigFromTheCurrentFolder() throws Exception {
        console.run(new PlanCommand(), "--config", "unet/config.json", "--quant-level", "2.0", "--policy", "reference");

        assertEquals(new PlanRequest("", "", "/data/unet/config.json", new QuantSettings("int8", new QuantLevel("2"), "reference",
            "smoothquant", Map.of("alpha", "0.8"), "default", 1, List.of())), console.request(PlanRequest.class));
    }

    @Test
    void printsTheQuantizedLayersOfEachKind() throws Exception {
        var json = console.json(new PlanCommand(), "--path", "/p", "--quant-level", "2.5");

        assertEquals(Console.parse("""
            {"conv": 1, "linear": 2, "attention": 0, "total": {"conv": 2, "linear": 2, "attention": 0}, "share": 0.9072164948453608,
             "architecture": "UNet2DConditionModel", "format": "int8", "level": 2.5, "policy": "standard",
             "formats": {"int8": 3}, "algorithms": {"smoothquant": 3}, "collectors": {"default": 3}}"""), json);
    }

    @Test
    void namesTheLayersWhereTheyAreAskedFor() throws Exception {
        var layers = console.json(new PlanCommand(), "--path", "/p", "--layers").get("layers");

        assertEquals(4, layers.size());
        assertEquals("conv_in", layers.get(0).get("name").textValue());
        assertFalse(layers.get(0).get("quantized").booleanValue());
        assertTrue(layers.get(0).get("format").isNull());
        assertEquals("qkv", layers.get(2).get("role").textValue());
        assertEquals("smoothquant", layers.get(2).get("algorithm").textValue());
        assertEquals(1024, layers.get(2).get("weights").intValue());
    }

    @Test
    void printsATable() throws Exception {
        String text = console.run(new PlanCommand(), "--path", "/p", "--layers");

        assertTrue(text.startsWith("UNet2DConditionModel, int8, level 3, policy standard" + System.lineSeparator()), text);
        assertTrue(text.matches("(?s).*linear +[|│] +2 +[|│] +2\\b.*"), text);
        assertTrue(text.contains("weights       90.7 % quantized"), text);
        assertFalse(text.contains("collector"), text);
        assertTrue(text.matches("(?s).*mid_block.attentions.0.to_q +[|│] linear +[|│] qkv +[|│] \\(32, 32\\).*"), text);
    }

    @Test
    void plansAPresetWithItsAdvice() throws Exception {
        console.halftone.formats.add("fp8");
        console.run(new PlanCommand(), "--model", "flux-dev", "--format", "fp8", "--policy", "reference-0.21");

        assertEquals(new PlanRequest("", "flux-dev", "", new QuantSettings("fp8", new QuantLevel("3"), "reference-0.21", "max", Map.of(),
            "default", 1, List.of())), console.request(PlanRequest.class));
    }

    @Test
    void plansARecipe(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("mixed.yaml"), """
            version: 1
            format: int8
            level: none
            rules:
              - layers: "*.conv1"
                format: fp8
            """);
        String text = console.run(new PlanCommand(), "--path", "/p", "--recipe", file.toString(), "--layers");
        QuantSettings settings = console.request(PlanRequest.class).settings();

        assertEquals(QuantSettings.RULES_ALONE, settings.level());
        assertEquals(List.of(new PlanRule("*.conv1", "", true, "fp8", "", "")), settings.rules());
        assertTrue(text.startsWith("UNet2DConditionModel, int8, rules alone" + System.lineSeparator()), text);
        assertTrue(text.contains("formats       1 fp8, 2 int8"), text);
        assertTrue(text.matches("(?s).*conv1 +[|│] conv +[|│] convolution +[|│] \\(32, 32, 3, 3\\) +[|│] yes +[|│] fp8.*"), text);
    }

    @Test
    void refusesTwoSources() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> console.run(new PlanCommand(), "--path", "/p", "--config",
            "c.json"));

        assertEquals("plan: found --path and --config; expected one of --model, --path, --config", refusal.getMessage());
    }

    @Test
    void refusesAFormatThatIsNotThere() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> console.run(new PlanCommand(), "--model", "sdxl-1.0", "--format",
            "int3"));

        assertEquals("format int3: found none; expected one of [int8]", refusal.getMessage());
    }

    @Test
    void refusesNoSource() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> console.run(new PlanCommand()));

        assertEquals("plan: found 0 of a path, a model and a config; expected one of them", refusal.getMessage());
    }
}
