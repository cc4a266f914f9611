package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.CompareRequest;
import io.halftone.api.GenerateRequest;
import io.halftone.api.LoraSource;
import io.halftone.api.PipelineSource;
import io.halftone.api.Sampling;
import io.halftone.ops.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SamplingCommandsTest {
    private final Console console = new Console(Path.of("/data"));

    private GenerateRequest generate(String... arguments) throws Exception {
        console.run(new GenerateCommand(), arguments);
        return console.request(GenerateRequest.class);
    }

    private String refusal(HalftoneCommand command, String... arguments) {
        return assertThrows(IllegalArgumentException.class, () -> console.run(command, arguments)).getMessage();
    }

    @Test
    void makesAPictureInFullPrecisionWithThePipelinesUsualSettings() throws Exception {
        var expected = new GenerateRequest(new PipelineSource("", "tiny-sdxl", DType.FLOAT32), BackboneChoice.fullPrecision(),
            Sampling.of("a fox", 0), "/data/tiny-sdxl.png", "");

        assertEquals(expected, generate("--model", "tiny-sdxl", "--prompt", "a fox"));
    }

    @Test
    void passesEveryOptionOn() throws Exception {
        var expected = new GenerateRequest(new PipelineSource("/p", "", DType.FLOAT16,
            List.of(new LoraSource("/data/a.safetensors", 1), new LoraSource("/l/b:c.safetensors", 0.5)), false),
                new BackboneChoice.Eager("/data/q.pt"),
            new Sampling(List.of("a", "b"), "c", 20, 5, 128, 64, 42, "/data/noise.safetensors", 3, true), "/data/x.png",
                "/data/dump.safetensors");

        assertEquals(expected, generate("--path", "/p", "--model-dtype", "Half", "--prompt", "a", "--prompt", "b", "--negative-prompt", "c",
            "--num-inference-steps", "20", "--guidance-scale", "5.0", "--height", "128", "--width", "64", "--seed", "42", "--restore-from",
            "q.pt", "--initial-latents", "noise.safetensors", "--lora", "a.safetensors", "--lora", "/l/b:c.safetensors:0.5",
            "--num-images-per-prompt", "3", "--tiled-vae", "--save-image-as", "x.png", "--dump", "dump.safetensors"));
    }

    @Test
    void computesOnTheDeviceThatWasNamed() throws Exception {
        assertEquals("cuda:1", generate("--model", "m", "--prompt", "a", "--device", "cuda:1").source().device());
    }

    @Test
    void runsAnExportedModelOnTheUsualEngine() throws Exception {
        assertEquals(new BackboneChoice.OnEngine("onnxruntime", "/data/onnx"), generate("--model", "m", "--prompt", "a", "--onnx-load-path",
            "onnx").backbone());
    }

    @Test
    void takesAnEngineFileByItsOlderNamesToo() throws Exception {
        assertEquals(new BackboneChoice.OnEngine("other", "/data/a.plan"),
            generate("--model", "m", "--prompt", "a", "--trt-engine-load-path", "a.plan", "--engine", "other").backbone());
    }

    @Test
    void makesTheEngineThatIsNamedOfWhatIsGiven() throws Exception {
        GenerateRequest request = generate("--model", "m", "--prompt", "a", "--engine", "other");
        assertEquals(BackboneChoice.Built.of("", "other", Map.of(), ""), request.backbone());
        assertEquals(DType.FLOAT16, request.source().computeType());
        assertEquals("/data/m.png", request.image());
    }

    @Test
    void startsFromTheCheckpointThatIsGiven() throws Exception {
        assertEquals(BackboneChoice.Built.of("/data/q", "other", Map.of("threads", "2"), "/data/c"), generate("--model", "m", "--prompt", "a",
            "--engine", "other", "--restore-from", "q", "--threads", "2", "--engine-cache", "c").backbone());
    }

    @Test
    void buildsTheExportedModelThatIsGivenBesideItsCheckpoint() throws Exception {
        assertEquals(new BackboneChoice.Built("/data/q", "/data/o", "onnx", Map.of(), "", "other", Map.of(), ""), generate("--model", "m",
            "--prompt", "a", "--engine", "other", "--restore-from", "q", "--onnx-load-path", "o").backbone());
    }

    @Test
    void runsTheEngineFileThatIsGivenBesideItsCheckpoint() throws Exception {
        assertEquals(new BackboneChoice.Built("/data/q", "", "onnx", Map.of(), "/data/e", "other", Map.of(), ""), generate("--model", "m",
            "--prompt", "a", "--engine", "other", "--restore-from", "q", "--trt_engine-path", "e").backbone());
    }

    @Test
    void computesInTheTypeThatIsGivenForAnEngineToo() throws Exception {
        assertEquals(DType.FLOAT32, generate("--model", "m", "--prompt", "a", "--engine", "other", "--model-dtype", "Float").source().computeType());
    }

    @Test
    void comparesAnEngineThatIsMadeWithFullPrecision() throws Exception {
        console.run(new CompareCommand(), "--model", "m", "--prompt", "a", "--engine", "other");
        var expected = new CompareRequest(new PipelineSource("", "m", DType.FLOAT16), BackboneChoice.fullPrecision(),
            BackboneChoice.Built.of("", "other", Map.of(), ""), Sampling.of("a", 0), "/data/halftone-out/m", 0);

        assertEquals(expected, console.request(CompareRequest.class));
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertEquals("prompt: found none; expected at least one", refusal(new GenerateCommand(), "--model", "m"));
        assertEquals("num-images-per-prompt: found 0; expected >= 1",
            refusal(new GenerateCommand(), "--model", "m", "--prompt", "a", "--num-images-per-prompt", "0"));
        assertEquals("num-inference-steps: found 0; expected >= 1",
            refusal(new GenerateCommand(), "--model", "m", "--prompt", "a", "--num-inference-steps", "0"));
        assertEquals("guidance-scale: found -1.0; expected a number >= 0",
            refusal(new GenerateCommand(), "--model", "m", "--prompt", "a", "--guidance-scale", "-1"));
        assertEquals("backbone: found --restore-from and --engine-path; expected one of --restore-from, --onnx-load-path, --engine-path",
            refusal(new GenerateCommand(), "--model", "m", "--prompt", "a", "--restore-from", "q", "--engine-path", "e"));
        assertEquals("backbone: found --onnx-load-path and --engine-path; expected one of --onnx-load-path, --engine-path",
            refusal(new GenerateCommand(), "--model", "m", "--prompt", "a", "--engine", "other", "--onnx-load-path", "o", "--engine-path",
                "e"));
        assertEquals("engine-cache: found it without an engine; expected --engine too",
            refusal(new GenerateCommand(), "--model", "m", "--prompt", "a", "--engine-cache", "c"));
        assertEquals("engine-cache: found it beside an engine file, with which nothing is made; expected one of both",
            refusal(new GenerateCommand(), "--model", "m", "--prompt", "a", "--engine", "other", "--engine-path", "e", "--engine-cache", "c"));
    }

    @Test
    void keepsWhatIsMadeForEitherBackbone() throws Exception {
        console.run(new CompareCommand(), "--model", "m", "--prompt", "a", "--engine-path", "e", "--reference-engine", "other", "--engine-cache",
            "/c");

        assertEquals("/c", ((BackboneChoice.Built) console.request(CompareRequest.class).reference()).cache());
    }

    @Test
    void comparesWithFullPrecision() throws Exception {
        console.run(new CompareCommand(), "--path", "/models/my sdxl", "--prompt", "a", "--engine-path", "a.plan");
        var expected = new CompareRequest(new PipelineSource("/models/my sdxl", "", DType.FLOAT32), BackboneChoice.fullPrecision(),
            new BackboneChoice.OnEngine("onnxruntime", "/data/a.plan"), Sampling.of("a", 0), "/data/halftone-out/my-sdxl", 0);

        assertEquals(expected, console.request(CompareRequest.class));
    }

    @Test
    void comparesWithAnotherReference() throws Exception {
        console.run(new CompareCommand(), "--model", "m", "--prompt", "a", "--restore-from", "q", "--reference-onnx-load-path", "o",
            "--reference-engine", "other", "--runs", "5", "--out", "/pictures");
        var expected = new CompareRequest(new PipelineSource("", "m", DType.FLOAT32), new BackboneChoice.Built("", "/data/o", "onnx", Map.of(), "",
            "other", Map.of(), ""), new BackboneChoice.Eager("/data/q"), Sampling.of("a", 0), "/pictures", 5);

        assertEquals(expected, console.request(CompareRequest.class));
    }

    @Test
    void refusesToCompareWithNothing() {
        assertEquals("candidate: found none; expected one of --restore-from, --onnx-load-path, --engine-path, --engine",
            refusal(new CompareCommand(), "--model", "m", "--prompt", "a"));
    }

    @Test
    void printsSimilarityAndBothLatencies() throws Exception {
        String text = console.run(new CompareCommand(), "--model", "m", "--prompt", "a", "--restore-from", "q");

        assertTrue(text.contains("PSNR, SSIM    31.25 dB, 0.9876"), text);
        assertTrue(text.matches("(?s).*reference +[|│] 12.50 +[|│] 14.25 +[|│] 20 +[|│] fake 1.0, CPU, 2 threads.*"), text);
        assertTrue(text.contains("shapes        sample (2, 4, 16, 16)"), text);
        assertTrue(text.contains("note          candidate: 1 of 3 integer layers computed in float"), text);
    }

    @Test
    void writesThePsnrOfEqualPicturesAsAString() throws Exception {
        console.halftone.psnr = Double.POSITIVE_INFINITY;

        assertEquals("inf", console.json(new CompareCommand(), "--model", "m", "--prompt", "a", "--restore-from",
            "q").get("psnr").textValue());
    }
}
