package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BenchmarkRequest;
import io.halftone.api.BenchmarkRequest.Variant;
import io.halftone.api.PipelineSource;
import io.halftone.api.Sampling;
import io.halftone.ops.DType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkCommandTest {
    private static final Variant LIBTORCH = new Variant("libtorch", BackboneChoice.fullPrecision());

    @TempDir
    Path folder;
    private final Console console = new Console(Path.of("/data"));

    private String refusal(String... arguments) {
        return assertThrows(IllegalArgumentException.class, () -> console.run(new BenchmarkCommand(), arguments)).getMessage();
    }

    @Test
    void timesFullPrecisionWhereNothingElseIsNamed() throws Exception {
        console.run(new BenchmarkCommand(), "--model", "tiny-sdxl", "--prompt", "a");
        assertEquals(new BenchmarkRequest(new PipelineSource("", "tiny-sdxl", DType.FLOAT32), List.of(LIBTORCH), Sampling.of("a", 0), 2, 10),
            console.request(BenchmarkRequest.class));
    }

    @Test
    void computesOnTheDeviceThatWasNamed() throws Exception {
        console.run(new BenchmarkCommand(), "--model", "tiny-sdxl", "--prompt", "a", "--device", "cuda:1");
        assertEquals("cuda:1", console.request(BenchmarkRequest.class).source().device());
    }

    @Test
    void timesEveryVariantInOneRun() throws Exception {
        console.run(new BenchmarkCommand(), "--path", "/p", "--model-dtype", "Half", "--engine", "tensorrt", "--full-engine-path", "fp16.plan",
            "--restore-from", "q.safetensors", "--engine-path", "int8.plan", "--prompt", "a", "--num-inference-steps", "30", "--guidance-scale", "5",
            "--batch-size", "2", "--height", "64", "--width", "128", "--warm-up", "1", "--runs", "7");
        var variants = List.of(LIBTORCH, new Variant("tensorrt", new BackboneChoice.OnEngine("tensorrt", "/data/fp16.plan")),
            new Variant("libtorch, fake quantization", new BackboneChoice.Eager("/data/q.safetensors")),
            new Variant("tensorrt, quantized", new BackboneChoice.OnEngine("tensorrt", "/data/int8.plan")));
        assertEquals(new BenchmarkRequest(new PipelineSource("/p", "", DType.FLOAT16), variants,
            new Sampling(List.of("a", "a"), "", 30, 5, 64, 128, 0, ""), 1, 7), console.request(BenchmarkRequest.class));
    }

    @Test
    void takesExportedModelsAndThreads() throws Exception {
        console.run(new BenchmarkCommand(), "--model", "m", "--onnx-load-path", "o", "--full-onnx-load-path", "f", "--threads", "2");
        assertEquals(List.of(LIBTORCH, new Variant("onnxruntime", new BackboneChoice.OnEngine("onnxruntime", "/data/f", Map.of("threads", "2"))),
            new Variant("onnxruntime, quantized", new BackboneChoice.OnEngine("onnxruntime", "/data/o", Map.of("threads", "2")))),
            console.request(BenchmarkRequest.class).variants());
    }

    @Test
    void buildsExportedModelsForAnEngineThatIsNamed() throws Exception {
        console.run(new BenchmarkCommand(), "--model", "m", "--engine", "tensorrt", "--onnx-load-path", "o", "--full-onnx-load-path", "f");
        assertEquals(List.of(LIBTORCH, new Variant("tensorrt", built("/data/f")), new Variant("tensorrt, quantized", built("/data/o"))),
            console.request(BenchmarkRequest.class).variants());
    }

    private static BackboneChoice built(String onnx) {
        return new BackboneChoice.Built("", onnx, "onnx", Map.of(), "", "tensorrt", Map.of(), "");
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertEquals("batch-size: found 0; expected >= 1", refusal("--model", "m", "--batch-size", "0"));
        assertEquals("runs: found 0; expected >= 1", refusal("--model", "m", "--runs", "0"));
        assertEquals("quantized engine: found --onnx-load-path and --engine-path; expected one of --onnx-load-path, --engine-path",
            refusal("--model", "m", "--onnx-load-path", "o", "--engine-path", "e", "--restore-from", "q"));
        assertEquals("full precision engine: found --full-onnx-load-path and --full-engine-path; expected one of --full-onnx-load-path, "
            + "--full-engine-path", refusal("--model", "m", "--full-onnx-load-path", "o", "--full-engine-path", "e", "--engine", "tensorrt"));
        assertEquals("engine: found it without a model to run; expected one of --onnx-load-path, --engine-path, --full-onnx-load-path, "
            + "--full-engine-path too", refusal("--model", "m", "--engine", "tensorrt"));
        assertEquals("json-file: found no folder /data/absent; expected one to write into", refusal("--model", "m", "--json-file", "absent/b.json"));
        assertTrue(refusal("--model", "m", "--threads", "2").startsWith("threads: found it without a model to run"));
    }

    @Test
    void printsATableOfPartsByVariants() throws Exception {
        String text = console.run(new BenchmarkCommand(), "--model", "m", "--restore-from", "q");
        assertTrue(text.matches("(?s)median \\(p95\\), ms +[|│] libtorch +[|│] libtorch, fake quantization *\\R.*"), text);
        assertTrue(text.matches("(?s).*backbone step +[|│] 12.50 \\(14.25\\) +[|│] 12.50 \\(14.25\\).*"), text);
        assertTrue(text.contains("variant       libtorch: fake 1.0, CPU"), text);
        assertTrue(text.contains("machine       CPU a processor"), text);
    }

    @Test
    void writesTheSameJsonToAFile() throws Exception {
        Path file = folder.resolve("b.json");
        var printed = console.json(new BenchmarkCommand(), "--model", "m", "--json-file", file.toString());
        assertEquals(printed, Console.parse(Files.readString(file).strip()));
        assertEquals(14.25, printed.get("variants").get(0).get("parts").get(0).get("p95Millis").doubleValue());
    }
}
