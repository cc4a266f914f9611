package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BuildRequest;
import io.halftone.model.ModelSignature.Extent;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BuildCommandTest {
    private final Console console = new Console(Path.of("/data"));

    private String refusal(String... arguments) {
        return assertThrows(IllegalArgumentException.class, () -> console.run(new BuildCommand(), arguments)).getMessage();
    }

    @Test
    void buildsForTheUsualEngineBesideTheModel() throws Exception {
        console.run(new BuildCommand(), "--onnx-dir", "onnx");

        assertEquals(new BuildRequest("/data/onnx", "onnxruntime", "", Map.of(), Map.of()), console.request(BuildRequest.class));
    }

    @Test
    void passesEveryOptionOn() throws Exception {
        console.run(new BuildCommand(), "--onnx-load-path", "m.onnx", "--engine", "other", "--trt_engine-path", "e.plan", "--threads", "2",
            "--extent", "batch=2,2,8", "--extent", "height=8,16,32");

        assertEquals(new BuildRequest("/data/m.onnx", "other", "/data/e.plan", Map.of("batch", new Extent(2, 2, 8), "height", new Extent(8,
            16, 32)),
            Map.of("threads", "2")), console.request(BuildRequest.class));
    }

    @Test
    void takesThePresetsExtentsForDimensionsThatWereNotGiven() throws Exception {
        console.run(new BuildCommand(), "--onnx-dir", "onnx", "--engine", "tensorrt", "--model", "sdxl-1.0", "--extent",
            "batch_size=2,2,8", "--extent", "width=64,128,128");

        assertEquals(Map.of("batch_size", new Extent(2, 2, 8), "height", new Extent(96, 128, 128), "width", new Extent(64, 128, 128)),
            console.request(BuildRequest.class).extents());
    }

    @Test
    void refusesAPresetThatIsNotThere() {
        assertEquals("preset sdxl: found none; expected one of " + console.halftone.presets(),
            refusal("--onnx-dir", "onnx", "--model", "sdxl"));
    }

    @Test
    void saysWhichLayersAreComputedInFloat() throws Exception {
        String text = console.run(new BuildCommand(), "--onnx-dir", "onnx");

        for (String line : List.of("layers        2 of 3 quantized layers in 8-bit kernels",
            "8 bits        share of multiply-adds in 8 bits: 97.3 %", "attention     1 of 1 in one kernel, in FP16",
            "reformats     105 engine layers only convert types or layouts",
            "note          quantized layers computed in wider types between their Q/DQ pairs: 1", "c: its kernel takes FP16 operands")) {
            assertTrue(text.contains(line), text);
        }
    }

    @Test
    void printsTheLayersOfBothKinds() throws Exception {
        var json = console.json(new BuildCommand(), "--onnx-load-path", "/o/backbone.onnx");

        assertEquals("/o/backbone.plan", json.get("engine").textValue());
        assertEquals("c", json.get("floatLayers").get(0).textValue());
        assertEquals(0.973, json.get("lowShare").doubleValue());
        assertEquals("sm90_conv", json.get("layers").get(0).get("kernels").get(0).textValue());
        assertEquals(3, json.get("operators").get("Conv").intValue());
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertEquals("extent: found batch=2; expected name=least,usual,greatest", refusal("--onnx-dir", "o", "--extent", "batch=2"));
        assertEquals("extent: found 4, 2, 8; expected 1 <= least <= usual <= greatest", refusal("--onnx-dir", "o", "--extent",
            "batch=4,2,8"));
        assertEquals("threads: found 0; expected >= 1", refusal("--onnx-dir", "o", "--threads", "0"));
    }
}
