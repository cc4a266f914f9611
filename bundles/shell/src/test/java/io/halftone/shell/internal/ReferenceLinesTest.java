package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.PipelineSource;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantSettings;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command lines that the Python example's own documentation prints mean here what they mean there, for each model they are for. */
class ReferenceLinesTest {
    private static final QuantLevel USUAL_LEVEL = new QuantLevel("3");

    private static QuantizeRequest request(String line) throws Exception {
        var console = new Console(Path.of("/data"));
        console.halftone.formats.addAll(List.of("fp8", "nvfp4"));
        console.halftone.folders.addAll(console.halftone.presets());   // each model's weights in a folder of its name
        console.run(new QuantizeCommand(), line.strip().split("\\s+"));
        return console.request(QuantizeRequest.class);
    }

    private static CalibrationSettings runs(int size, int steps) {
        return new CalibrationSettings(List.of(), "", size, 2, steps, Double.NaN, 0, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdxl-1.0", "sdxl-turbo", "sd2.1", "sd2.1-base", "sd3-medium", "flux-dev", "flux-schnell"})
    void smoothsToInt8(String model) throws Exception {
        var settings = new QuantSettings("int8", USUAL_LEVEL, "standard", "smoothquant", Map.of("alpha", "0.8"), "min-mean", 1, List.of());
        var expected = QuantizeRequest.of(new PipelineSource("", model, DType.FLOAT32), settings, runs(32, 20), "/data/" + model
            + "_int8.pt",
            "/data/onnx");

        assertEquals(expected, request("--model " + model + " --format int8 --batch-size 2 --calib-size 32 --collect-method min-mean"
            + " --percentile 1.0 --alpha 0.8 --quant-level 3.0 --n-steps 20 --quantized-torch-ckpt-save-path ./" + model
            + "_int8.pt --onnx-dir onnx"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdxl-1.0", "sdxl-turbo", "sd3-medium", "flux-dev", "flux-schnell"})
    void roundsToFp8(String model) throws Exception {
        for (String type : List.of("Half", "BFloat16")) {
            DType expectedType = type.equals("Half") ? DType.FLOAT16 : DType.BFLOAT16;
            var expected = QuantizeRequest.of(new PipelineSource("", model, expectedType), QuantSettings.fp8(USUAL_LEVEL), runs(128, 20),
                "/data/" + model + ".pt", "/data/onnx");

            assertEquals(expected, request("--model " + model + " --model-dtype " + type + " --format fp8 --batch-size 2 --calib-size 128"
                + " --quant-level 3.0 --n-steps 20 --quantized-torch-ckpt-save-path ./" + model
                    + ".pt --collect-method default --onnx-dir onnx"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdxl-1.0", "flux-dev"})
    void roundsAttentionsToFp8(String model) throws Exception {
        QuantizeRequest byLevel = request("--model " + model
            + " --format fp8 --batch-size 2 --calib-size 128 --quant-level 4.0 --n-steps 20"
            + " --quantized-torch-ckpt-save-path ./x.pt --collect-method default --onnx-dir onnx");
        QuantizeRequest byName = request("--model " + model + " --format fp8 --batch-size 2 --calib-size 128 --quantize-mha --n-steps 20"
            + " --quantized-torch-ckpt-save-path ./x.pt --collect-method default --onnx-dir onnx");

        assertEquals(QuantSettings.fp8(new QuantLevel("4")), byLevel.settings());
        assertEquals(byLevel, byName);
    }

    @ParameterizedTest
    @ValueSource(strings = {"sdxl-1.0", "sd3-medium", "flux-dev", "flux-schnell"})
    void splitsOffALowRankForFp4(String model) throws Exception {
        var settings = new QuantSettings("nvfp4", USUAL_LEVEL, "standard", "svdquant", Map.of("rank", "32"), "default", 1, List.of());
        var target = new CheckpointTarget("/data/" + model + "_fp4.pt", CheckpointTarget.Form.COMPACT, 0, "/data/hub");
        QuantizeRequest found = request("--model " + model
            + " --override-model-path /weights --model-dtype BFloat16 --trt-high-precision-dtype BFloat16"
            + " --format fp4 --quant-algo svdquant --lowrank 32 --batch-size 2 --calib-size 128 --n-steps 20 --compress"
            + " --quantized-torch-ckpt-save-path ./" + model + "_fp4.pt --hf-ckpt-dir hub");

        assertEquals(new PipelineSource("/weights", model, DType.BFLOAT16), found.source());
        assertEquals(settings, found.settings());
        assertEquals(runs(128, 20), found.calibration());
        assertEquals(target, found.checkpoint());
    }

    @ParameterizedTest
    @ValueSource(strings = {"int8", "fp8"})
    void takesTheScriptsLines(String format) throws Exception {
        String numbers = format.equals("int8") ? "--calib-size 32 --percentile 1.0 --alpha 0.8 --collect-method min-mean"
            : "--calib-size 128";
        QuantizeRequest found = request("--model sdxl-1.0 --format " + format + " --batch-size 2 " + numbers
            + " --quant-level 3.0 --n-steps 20 --quantized-torch-ckpt-save-path sdxl-1.0_3_" + format + ".pt --onnx-dir sdxl-1.0_3_"
                + format + ".onnx");

        assertEquals(runs(format.equals("int8") ? 32 : 128, 20), found.calibration());
        assertEquals(format.equals("int8") ? "min-mean" : "default", found.settings().collector());
        assertEquals("/data/sdxl-1.0_3_" + format + ".onnx", found.onnxDirectory());
    }
}
