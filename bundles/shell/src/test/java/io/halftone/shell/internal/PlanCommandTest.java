package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.PlanRequest;
import io.halftone.quant.QuantLevel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PlanCommandTest {
    private final Console console = new Console(Path.of("/data"));

    @Test
    void asksForLevel3OfInt8ByTheStandardPolicy() throws Exception {
        console.run(new PlanCommand(), "--model", "tiny-sdxl");

        assertEquals(new PlanRequest("", "tiny-sdxl", "", "int8", new QuantLevel("3"), "standard"), console.request(PlanRequest.class));
    }

    @Test
    void takesAConfigFromTheCurrentFolder() throws Exception {
        console.run(new PlanCommand(), "--config", "unet/config.json", "--quant-level", "2.0", "--policy", "reference");

        assertEquals(new PlanRequest("", "", "/data/unet/config.json", "int8", new QuantLevel("2"), "reference"),
            console.request(PlanRequest.class));
    }

    @Test
    void printsTheQuantizedLayersOfEachKind() throws Exception {
        var json = console.json(new PlanCommand(), "--path", "/p", "--quant-level", "2.5");

        assertEquals(Console.parse("""
            {"conv": 1, "linear": 2, "attention": 0, "total": {"conv": 2, "linear": 2, "attention": 0},
                "architecture": "UNet2DConditionModel",
             "format": "int8", "level": 2.5, "policy": "standard"}"""), json);
    }

    @Test
    void namesTheLayersWhereTheyAreAskedFor() throws Exception {
        var layers = console.json(new PlanCommand(), "--path", "/p", "--layers").get("layers");

        assertEquals(4, layers.size());
        assertEquals("conv_in", layers.get(0).get("name").textValue());
        assertFalse(layers.get(0).get("quantized").booleanValue());
        assertEquals("qkv", layers.get(2).get("role").textValue());
    }

    @Test
    void printsATable() throws Exception {
        String text = console.run(new PlanCommand(), "--path", "/p", "--layers");

        assertTrue(text.startsWith("UNet2DConditionModel, int8, level 3, policy standard" + System.lineSeparator()), text);
        assertTrue(text.matches("(?s).*linear +[|│] +2 +[|│] +2\\b.*"), text);
        assertTrue(text.matches("(?s).*mid_block.attentions.0.to_q +[|│] linear +[|│] qkv +[|│] \\(32, 32\\).*"), text);
    }

    @Test
    void refusesTwoSources() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> console.run(new PlanCommand(), "--path", "/p", "--config",
            "c.json"));

        assertEquals("plan: found --path and --config; expected one of --model, --path, --config", refusal.getMessage());
    }

    @Test
    void refusesNoSource() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> console.run(new PlanCommand()));

        assertEquals("plan: found 0 of a path, a model and a config; expected one of them", refusal.getMessage());
    }
}
