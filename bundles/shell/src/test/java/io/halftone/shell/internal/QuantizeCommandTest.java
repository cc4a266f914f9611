package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.PipelineSource;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.support.CommandException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuantizeCommandTest {
    @TempDir
    Path folder;

    private QuantizeRequest request(String... arguments) throws Exception {
        var console = new Console(folder);
        console.run(new QuantizeCommand(), arguments);
        return console.request(QuantizeRequest.class);
    }

    private String refusal(String... arguments) {
        return assertThrows(IllegalArgumentException.class, () -> request(arguments)).getMessage();
    }

    @Test
    void asksForSmoothedInt8AtLevel3WithTheUsualCalibration() throws Exception {
        var expected = new QuantizeRequest(new PipelineSource("", "tiny-sdxl", DType.FLOAT32), QuantSettings.int8(new QuantLevel("3")),
            new CalibrationSettings(List.of(), "", 32, 2, 20, Double.NaN, 0, 0, 0), folder.resolve("a.safetensors").toString(), "",
                Map.of());

        assertEquals(expected, request("--model", "tiny-sdxl", "--quantized-torch-ckpt-save-path", "a.safetensors"));
    }

    @Test
    void passesEveryOptionOn() throws Exception {
        var expected = new QuantizeRequest(new PipelineSource(folder.resolve("sdxl").toString(), "stabilityai/sdxl", DType.BFLOAT16),
            new QuantSettings("int8", new QuantLevel("2.5"), "reference", "smoothquant", Map.of("alpha", "0.5"), "default", 0.25),
            new CalibrationSettings(List.of(), "/prompts.txt", 8, 4, 30, 5, 512, 256, -7), "/out/a.pt", "/onnx", Map.of("weights", "qdq"));

        assertEquals(expected, request("--path", "sdxl", "--model", "stabilityai/sdxl", "--model-dtype", "bfloat16", "--format", "int8",
            "--quant-level", "2.5", "--policy", "reference", "--quant-algo", "smoothquant", "--alpha", "0.5", "--collect-method", "default",
            "--percentile", "0.25", "--prompts-file", "/prompts.txt", "--calib-size", "8", "--batch-size", "4", "--n-steps", "30",
            "--guidance-scale", "5", "--height", "512", "--width", "256", "--seed", "-7", "--quantized-torch-ckpt-save-path", "/out/a.pt",
            "--onnx-dir", "/onnx", "--onnx-weights", "qdq"));
    }

    @Test
    void takesLevel3AndLevel3Point0AsTheSame() throws Exception {
        assertEquals(request("--model", "m", "--onnx-dir", "/o", "--quant-level", "3"), request("--model", "m", "--onnx-dir", "/o",
            "--quant-level", "3.0"));
    }

    @Test
    void givesAnAlphaToAnAlgorithmThatMayRefuseIt() throws Exception {
        assertEquals(Map.of("alpha", "0.8"),
            request("--model", "m", "--onnx-dir", "/o", "--quant-algo", "max", "--alpha", "0.8").settings().options());
    }

    @Test
    void givesNoAlphaThatWasNotAskedForToTheMaximum() throws Exception {
        assertEquals(Map.of(), request("--model", "m", "--onnx-dir", "/o", "--quant-algo", "max").settings().options());
    }

    @Test
    void namesTheCheckpointWhereAFolderIsGiven() throws Exception {
        assertEquals(folder.resolve("tiny-sdxl_2.5_int8.safetensors").toString(),
            request("--path", "/models/tiny-sdxl", "--quant-level", "2.50", "--quantized-torch-ckpt-save-path", ".").checkpoint());
    }

    @Test
    void saysThatACheckpointNamedPtIsSafetensors() throws Exception {
        var console = new Console(folder);
        console.run(new QuantizeCommand(), "--model", "m", "--quantized-torch-ckpt-save-path", "a.pt");

        assertTrue(console.errors().endsWith("note: " + folder.resolve("a.pt") + ": its content is safetensors" + System.lineSeparator()),
            console.errors());
    }

    @Test
    void saysNothingBesideTheResultWhereItShallBeQuiet() throws Exception {
        var console = new Console(folder);
        console.run(new QuantizeCommand(), "--model", "m", "--quantized-torch-ckpt-save-path", "a.pt", "--quiet");

        assertEquals("", console.errors());
    }

    @Test
    void printsOneObjectWithPlanAndExport() throws Exception {
        var json = new Console(folder).json(new QuantizeCommand(), "--model", "m", "--onnx-dir", "/o");

        assertTrue(json.get("checkpoint").isNull());
        assertEquals(2, json.get("plan").get("linear").intValue());
        assertEquals("/o/backbone.onnx", json.get("export").get("model").textValue());
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertEquals("percentile: found 0.0; expected over 0, at most 1", refusal("--model", "m", "--onnx-dir", "/o", "--percentile", "0"));
        assertEquals("n-steps: found 0; expected >= 1", refusal("--model", "m", "--onnx-dir", "/o", "--n-steps", "0"));
        assertEquals("height: found 0; expected >= 1", refusal("--model", "m", "--onnx-dir", "/o", "--height", "0"));
        assertEquals("model-dtype: found int8; expected Float, Half or BFloat16", refusal("--model", "m", "--onnx-dir", "/o",
            "--model-dtype", "int8"));
        assertEquals("quant level: found high; expected a number such as 1, 2, 2.5, 3 or 4", refusal("--model", "m", "--onnx-dir", "/o",
            "--quant-level", "high"));
        assertEquals("pipeline: found neither a path nor a model; expected one of them", refusal("--onnx-dir", "/o"));
        assertEquals("output: found neither a checkpoint path nor an ONNX folder; expected at least one", refusal("--model", "m"));
        assertEquals("path: found an empty path; expected a file or folder", refusal("--path", "", "--onnx-dir", "/o"));
    }

    @Test
    void refusesAnOptionThatItDoesNotHave() {
        assertEquals("Undefined option: --precentile",
            assertThrows(CommandException.class, () -> request("--model", "m", "--precentile", "1")).getMessage());
    }
}
