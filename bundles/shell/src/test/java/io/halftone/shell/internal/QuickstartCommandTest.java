package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BuildRequest;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CompareRequest;
import io.halftone.api.PipelineSource;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QuickstartCommandTest {
    private static final PipelineSource EMBEDDED = new PipelineSource("", "tiny-sdxl", DType.FLOAT32);

    private final Console console = new Console(Path.of("/data"));

    @Test
    void runsTheWholeChainOnTheEmbeddedPipeline() throws Exception {
        console.run(new QuickstartCommand());
        String out = "/data/halftone-out/tiny-sdxl";

        assertEquals(List.of(
            QuantizeRequest.of(EMBEDDED, QuantSettings.int8(new QuantLevel("3")), CalibrationSettings.of(16, 20, 0),
                out + "/tiny-sdxl_3_int8.safetensors", out + "/onnx"),
            new BuildRequest(out + "/onnx/backbone.onnx", "onnxruntime", "", Map.of(), Map.of()),
            new CompareRequest(EMBEDDED, BackboneChoice.fullPrecision(), new BackboneChoice.OnEngine("onnxruntime", out
                + "/onnx/backbone.plan"),
                new Sampling(List.of("a large red circle on the left of a blue background"), "", 20, Double.NaN, 0, 0, 0, ""), out, 20)),
            console.halftone.requests);
    }

    @Test
    void takesAnotherPipelineByItsFolder() throws Exception {
        console.run(new QuickstartCommand(), "--path", "models/sdxl");

        assertEquals(new PipelineSource("/data/models/sdxl", "", DType.FLOAT32),
            ((QuantizeRequest) console.halftone.requests.get(0)).source());
        assertEquals("/data/halftone-out/sdxl", ((CompareRequest) console.halftone.requests.get(2)).directory());
    }

    @Test
    void refusesAFormatThatIsNotThereBeforeAnythingElse() {
        var refusal = assertThrows(IllegalArgumentException.class, () -> console.run(new QuickstartCommand(), "--format", "fp8"));

        assertEquals("format fp8: found none; expected one of [int8]", refusal.getMessage());
        assertEquals(List.of(), console.halftone.requests);
    }

    @Test
    void saysWhatTheUserMustKnow() throws Exception {
        console.halftone.notes = List.of("percentile 0.5: the collector counts every step");
        console.run(new QuickstartCommand());

        assertTrue(console.errors().contains("note: percentile 0.5: the collector counts every step"), console.errors());
    }

    @Test
    void saysTheStagesBesideTheResult() throws Exception {
        console.run(new QuickstartCommand());

        List<String> lines = console.errors().lines().toList();
        assertEquals("1 of 3: calibrate, quantize to int8 at level 3, export", lines.get(0));
        assertEquals("calibrate: 0 of 4 step", lines.get(1));
        assertEquals("2 of 3: build the engine", lines.get(3));
        assertEquals("3 of 3: the same picture in full precision and on the engine", lines.get(4));
    }

    @Test
    void endsWithPicturesSimilarityLatencyAndFiles() throws Exception {
        String text = console.run(new QuickstartCommand());

        for (String part : List.of("reference.png", "candidate.png", "side-by-side.png", "31.25 dB, 0.9876", "12.50",
            "tiny-sdxl_3_int8.safetensors",
            "onnx/backbone.onnx", "onnx/backbone.onnx_data", "onnx/backbone.plan", "1 of 3 integer layers computed in float")) {
            assertTrue(text.contains(part), part + " in " + text);
        }
    }

    @Test
    void printsOneObjectOfAllStages() throws Exception {
        var json = console.json(new QuickstartCommand());

        assertEquals("tiny-sdxl", json.get("model").textValue());
        assertEquals(3, json.get("level").intValue());
        assertEquals(5.0, json.get("seconds").doubleValue());
        assertEquals("/data/halftone-out/tiny-sdxl/onnx/backbone.plan", json.get("build").get("engine").textValue());
        assertEquals(31.25, json.get("compare").get("psnr").doubleValue());
    }
}
