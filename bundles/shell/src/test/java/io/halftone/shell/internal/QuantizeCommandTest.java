package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.CalibrationSettings;
import io.halftone.api.CalibrationWork;
import io.halftone.api.CheckpointTarget;
import io.halftone.api.LoraSource;
import io.halftone.api.PipelineSource;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
        var expected = QuantizeRequest.of(new PipelineSource("", "tiny-sdxl", DType.FLOAT32), QuantSettings.int8(new QuantLevel("3")),
            new CalibrationSettings(List.of(), "", 32, 2, 20, Double.NaN, 0, 0, 0), folder.resolve("a.safetensors").toString(), "");

        assertEquals(expected, request("--model", "tiny-sdxl", "--quantized-torch-ckpt-save-path", "a.safetensors"));
    }

    @Test
    void passesEveryOptionOn() throws Exception {
        var source = new PipelineSource(folder.resolve("sdxl").toString(), "stabilityai/sdxl", DType.BFLOAT16,
            List.of(new LoraSource("/a.safetensors", 0.9)), true);
        var settings = new QuantSettings("int8", new QuantLevel("2.5"), "reference", "svdquant", Map.of("alpha", "0.5", "rank", "16"),
            "default", 0.25, List.of());
        var expected = new QuantizeRequest(source, settings, new CalibrationSettings(List.of(), "/prompts.txt", 8, 4, 30, 5, 512, 256, -7),
            new CalibrationWork(3, 1, 1, "/all.stats", List.of("/1.stats", "/2.stats")), 1,
            new CheckpointTarget("/out/a.pt", CheckpointTarget.Form.FULL, 2_000_000_000, "/hub"), "/onnx", Map.of("weights", "qdq"));

        assertEquals(expected, request("--path", "sdxl", "--model", "stabilityai/sdxl", "--model-dtype", "bfloat16", "--format", "int8",
            "--quant-level", "2.5", "--policy", "reference", "--quant-algo", "svdquant", "--alpha", "0.5", "--lowrank", "16",
            "--collect-method", "default", "--percentile", "0.25", "--prompts-file", "/prompts.txt", "--calib-size", "8", "--batch-size",
                "4",
            "--n-steps", "30", "--guidance-scale", "5", "--height", "512", "--width", "256", "--seed", "-7", "--lora",
                "/a.safetensors:0.9", "--leave-loras",
            "--workers", "3", "--stats-out", "/all.stats", "--stats-in", "/1.stats", "--stats-in", "/2.stats",
            "--quantized-torch-ckpt-save-path", "/out/a.pt", "--checkpoint-form", "full", "--max-shard-size", "2GB", "--hf-ckpt-dir",
            "/hub", "--onnx-dir", "/onnx", "--onnx-weights", "qdq"));
    }

    @Test
    void passesASliceOn() throws Exception {
        assertEquals(new CalibrationWork(0, 3, 8, folder.resolve("a.stats").toString(), List.of()),
            request("--model", "m", "--slice", "3/8", "--stats-out", "a.stats").work());
    }

    @Test
    void takesWhatIsNotGivenFromThePresetsAdvice() throws Exception {
        QuantizeRequest request = request("--path", "/sdxl", "--model", "sdxl-1.0", "--onnx-dir", "/o");
        assertEquals(new QuantSettings("int8", new QuantLevel("3"), "standard", "smoothquant", Map.of("alpha", "0.8"), "min-mean", 0.75,
            List.of()), request.settings());

        request = fp8("--path", "/sdxl", "--model", "sdxl-1.0", "--onnx-dir", "/o", "--format", "fp8", "--batch-size", "4");
        assertEquals(new CalibrationSettings(List.of(), "", 128, 4, 30, Double.NaN, 0, 0, 0), request.calibration());
        assertEquals(QuantSettings.fp8(new QuantLevel("3")), request.settings());
    }

    private QuantizeRequest fp8(String... arguments) throws Exception {
        var console = new Console(folder);
        console.halftone.formats.add("fp8");
        console.run(new QuantizeCommand(), arguments);
        return console.request(QuantizeRequest.class);
    }

    @Test
    void leavesTheOptionsOfAnAdvisedAlgorithmAsideWhereAnotherIsAskedFor() throws Exception {
        assertEquals(Map.of("rank", "32"),
            request("--path", "/p", "--model", "sdxl-1.0", "--onnx-dir", "/o", "--quant-algo", "svdquant", "--lowrank",
                "32").settings().options());
    }

    @Test
    void saysWhichOptionsThatWereGivenChangeNothing() throws Exception {
        assertEquals("note: alpha: no effect here, as the algorithm uses it for none of the layers that are quantized\n",
            notes(Set.of("alpha", "rank"), "--quant-level", "1", "--alpha", "0.7"));
        assertEquals("note: lowrank: no effect here, as the algorithm uses it for none of the layers that are quantized\n",
            notes(Set.of("rank"), "--quant-algo", "svdquant", "--lowrank", "8"));
        assertEquals("note: percentile: no effect here, as the collector looks at every step\n", notes(Set.of("percentile"), "--percentile", "0.5"));
        assertEquals("note: calib-size, seed: no effect here, as weights alone are quantized, and no prompt is run\n",
            notes(Set.of("calibration", "collector"), "--calib-size", "4", "--seed", "1"));
    }

    @Test
    void saysSoToProgramsToo() throws Exception {
        var console = new Console(folder);
        console.halftone.idle = Set.of("alpha");
        var json = console.json(new QuantizeCommand(), "--model", "m", "--onnx-dir", "/o", "--alpha", "0.7");

        assertEquals("alpha: no effect here, as the algorithm uses it for none of the layers that are quantized", json.get("notes").get(0).textValue());
    }

    @Test
    void saysNothingOfOptionsThatWereNotGiven() throws Exception {
        assertEquals("", notes(Set.of("alpha", "rank", "calibration", "collector")));
        assertEquals("", notes(Set.of(), "--alpha", "0.7", "--calib-size", "4"));
    }

    @Test
    void saysNothingOfPromptsThatAGateRuns() throws Exception {
        assertEquals("", notes(Set.of("calibration"), "--calib-size", "4", "--min-psnr", "30"));
    }

    private String notes(Set<String> idle, String... more) throws Exception {
        var console = new Console(folder);
        console.halftone.idle = idle;
        console.run(new QuantizeCommand(), Stream.concat(Stream.of("--model", "m", "--onnx-dir", "/o"), Stream.of(more)).toArray(String[]::new));
        return console.errors().lines().filter(line -> line.startsWith("note: ")).map(line -> line + "\n").collect(Collectors.joining());
    }

    @Test
    void refusesANetworkWithoutAGate() {
        assertEquals("lpips-weights: found them without a gate; expected max-lpips, min-psnr or min-ssim too",
            refusal("--model", "m", "--onnx-dir", "/o", "--lpips-weights", "/l.safetensors"));
    }

    @Test
    void choosesTheFormsThatRepeatTheReference() throws Exception {
        QuantSettings settings = request("--model", "m", "--onnx-dir", "/o", "--reference-compatible", "--collect-method",
            "min-mean").settings();

        assertEquals("reference-smoothquant", settings.algorithm());
        assertEquals("reference-min-mean", settings.collector());
        assertEquals(Map.of("alpha", "0.8"), settings.options());
        assertEquals("reference-compatible: found no algorithm reference-svdquant; expected one for [max, smoothquant]",
            refusal("--model", "m", "--onnx-dir", "/o", "--reference-compatible", "--quant-algo", "svdquant"));
    }

    @Test
    void takesTheReferencesDefaultCollectorAsTheMaximumButForInt8() throws Exception {
        QuantSettings settings = fp8("--model", "m", "--onnx-dir", "/o", "--reference-compatible", "--format", "fp8").settings();

        assertEquals("reference-max", settings.algorithm());
        assertEquals("reference-max", settings.collector());
        assertEquals("collect-method: found default; expected global_min, min-max, min-mean or mean-max, as the reference wants for int8",
            refusal("--model", "m", "--onnx-dir", "/o", "--reference-compatible"));
        assertEquals("collect-method: found reference-default; expected global_min, min-max, min-mean or mean-max, as the reference wants "
            + "for int8",
            refusal("--model", "m", "--onnx-dir", "/o", "--reference-compatible", "--collect-method", "reference-default"));
    }

    @Test
    void refusesWhatTheReferenceRefusesForFp8() {
        for (String collector : List.of("min-mean", "max", "reference-default")) {
            var refusal = assertThrows(IllegalArgumentException.class, () -> fp8("--model", "m", "--onnx-dir", "/o",
                "--reference-compatible", "--format", "fp8", "--collect-method", collector));

            assertEquals("collect-method: found " + collector + "; expected default, as the reference wants for fp8", refusal.getMessage());
        }
    }

    @Test
    void takesTheMaximumOfTheReferenceByItsOwnNameForFp8() throws Exception {
        assertEquals("reference-max", fp8("--model", "m", "--onnx-dir", "/o", "--reference-compatible", "--format", "fp8",
            "--collect-method", "reference-max").settings().collector());
    }

    @Test
    void keepsOtherFormatsCollectorsOfTheReference() throws Exception {
        var console = new Console(folder);
        console.halftone.formats.add("nvfp4");
        console.run(new QuantizeCommand(), "--model", "m", "--onnx-dir", "/o", "--reference-compatible", "--format", "fp4",
            "--collect-method", "min-mean");

        assertEquals("reference-min-mean", console.request(QuantizeRequest.class).settings().collector());
    }

    @Test
    void takesAttentionBesideLevel3AsLevel4() throws Exception {
        assertEquals(new QuantLevel("4"), request("--model", "m", "--onnx-dir", "/o", "--quantize-mha").settings().level());
        assertEquals(new QuantLevel("4"),
            request("--model", "m", "--onnx-dir", "/o", "--quantize-mha", "--quant-level", "3.0").settings().level());
        assertEquals("quantize-mha: found it with quant-level 2.5; expected 3 or 4, which is 3 and attention",
            refusal("--model", "m", "--onnx-dir", "/o", "--quantize-mha", "--quant-level", "2.5"));
    }

    @Test
    void saysThatAPresetHasNoWeights() throws Exception {
        assertEquals("model: found the preset sdxl-1.0, which has no weights, and no pipeline of that name in the model folders; expected "
            + "--path with the folder of its weights", refusal("--model", "sdxl-1.0", "--onnx-dir", "/o"));
    }

    @Test
    void writesTheFormThatWasAskedFor() throws Exception {
        assertEquals(CheckpointTarget.Form.STATE_ONLY,
            request("--model", "m", "--quantized-torch-ckpt-save-path", "a", "--state-only").checkpoint().form());
        assertEquals(CheckpointTarget.Form.COMPACT, request("--model", "m", "--quantized-torch-ckpt-save-path", "a",
            "--compress").checkpoint().form());
        assertEquals("checkpoint: found forms full and state-only; expected one",
            refusal("--model", "m", "--quantized-torch-ckpt-save-path", "a", "--state-only", "--checkpoint-form", "full"));
        assertEquals("state-only: found it without a checkpoint; expected quantized-torch-ckpt-save-path or hf-ckpt-dir too",
            refusal("--model", "m", "--onnx-dir", "/o", "--state-only"));
        assertEquals("checkpoint-form: found small; expected compact, full or state-only",
            refusal("--model", "m", "--quantized-torch-ckpt-save-path", "a", "--checkpoint-form", "small"));
        assertEquals("checkpoint-form: found full with hf-ckpt-dir alone; expected quantized-torch-ckpt-save-path too: the form is that "
            + "file's", refusal("--model", "m", "--hf-ckpt-dir", "/hub", "--checkpoint-form", "full"));
        assertEquals("state-only: found state-only with hf-ckpt-dir alone; expected quantized-torch-ckpt-save-path too: the form is that "
            + "file's", refusal("--model", "m", "--hf-ckpt-dir", "/hub", "--state-only"));
        assertEquals(CheckpointTarget.Form.COMPACT, request("--model", "m", "--hf-ckpt-dir", "/hub", "--checkpoint-form",
            "compact").checkpoint().form());
        assertEquals("max-shard-size: found 2 elephants; expected a size such as 2GB, 500MB or 1GiB",
            refusal("--model", "m", "--quantized-torch-ckpt-save-path", "a", "--max-shard-size", "2 elephants"));
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
            request("--path", "/models/tiny-sdxl", "--quant-level", "2.50", "--quantized-torch-ckpt-save-path", ".").checkpoint().file());
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
    void tellsDigestTrialsStatisticsAndNotes() throws Exception {
        var console = new Console(folder);
        console.halftone.notes = List.of("percentile 0.5: the collector counts every step");
        String text = console.run(new QuantizeCommand(), "--model", "m", "--onnx-dir", "/o", "--trials", "2");

        assertTrue(text.contains("digest        0123456789ab" + System.lineSeparator()), text);
        assertTrue(text.matches("(?s).*17 +[|│] 33.50 +[|│] 0.9700 +[|│] yes.*0 +[|│] 32.25 +[|│] 0.9600 +[|│] no.*"), text);
        assertEquals(List.of("note: percentile 0.5: the collector counts every step"),
            console.errors().lines().filter(line -> line.contains("note")).toList());
    }

    @Test
    void tellsWhatWasTakenUpAgain() throws Exception {
        var console = new Console(folder);
        String text = console.run(new QuantizeCommand(), "--model", "m", "--stats-out", "/all", "--stats-in", "/1");

        assertTrue(text.contains("observed      4 prompts, 2 steps each; 1 of 2 batches taken up from earlier statistics"), text);
        assertTrue(text.contains("statistics    /all"), text);
    }

    @Test
    void printsNotesTrialsAndDigestInTheObjectToo() throws Exception {
        var console = new Console(folder);
        console.halftone.notes = List.of("n");
        var json = console.json(new QuantizeCommand(), "--model", "m", "--onnx-dir", "/o", "--trials", "2");

        assertEquals("n", json.get("notes").get(0).textValue());
        assertEquals(17, json.get("trials").get(0).get("seed").intValue());
        assertEquals("0123456789abcdef", json.get("digest").textValue());
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
        assertEquals("slice: found 3 of 8; expected a part of a number of parts, such as 3/8",
            refusal("--model", "m", "--stats-out", "s", "--slice", "3 of 8"));
        assertEquals("workers: found 0; expected >= 1", refusal("--model", "m", "--onnx-dir", "/o", "--workers", "0"));
        assertEquals("trt-high-precision-dtype: found Half; expected the same as model-dtype",
            refusal("--model", "m", "--onnx-dir", "/o", "--trt-high-precision-dtype", "Half"));
        assertEquals("percentile: found 0.0; expected over 0, at most 1", refusal("--model", "m", "--onnx-dir", "/o", "--percentile", "0"));
        assertEquals("n-steps: found 0; expected >= 1", refusal("--model", "m", "--onnx-dir", "/o", "--n-steps", "0"));
        assertEquals("lowrank: found 0; expected >= 1", refusal("--model", "m", "--onnx-dir", "/o", "--quant-algo", "svdquant",
            "--lowrank", "0"));
        assertEquals("Unable to convert option --lowrank with value '2.5' to type java.lang.Integer",
            assertThrows(CommandException.class, () -> request("--model", "m", "--onnx-dir", "/o", "--lowrank", "2.5")).getMessage());
        assertEquals("height: found 0; expected >= 1", refusal("--model", "m", "--onnx-dir", "/o", "--height", "0"));
        assertEquals("model-dtype: found int8; expected Float, Half or BFloat16", refusal("--model", "m", "--onnx-dir", "/o",
            "--model-dtype", "int8"));
        assertEquals("quant level: found high; expected a number such as 1, 2, 2.5, 3 or 4", refusal("--model", "m", "--onnx-dir", "/o",
            "--quant-level", "high"));
        assertEquals("pipeline: found neither a path nor a model; expected one of them", refusal("--onnx-dir", "/o"));
        assertEquals("output: found no checkpoint, hub folder, ONNX folder or file of statistics to write; expected at least one",
            refusal("--model", "m"));
        assertEquals("path: found an empty path; expected a file or folder", refusal("--path", "", "--onnx-dir", "/o"));
    }

    @Test
    void refusesAnOptionThatItDoesNotHave() {
        assertEquals("Undefined option: --precentile",
            assertThrows(CommandException.class, () -> request("--model", "m", "--precentile", "1")).getMessage());
    }
}
