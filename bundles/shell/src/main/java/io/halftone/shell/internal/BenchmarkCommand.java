package io.halftone.shell.internal;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BenchmarkRequest;
import io.halftone.api.BenchmarkRequest.Variant;
import io.halftone.api.BenchmarkResult;
import io.halftone.api.Sampling;
import io.halftone.files.Staging;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Times a pipeline with several backbones in one run. */
@Service
@Command(scope = "halftone", name = "benchmark",
    description = "Times a pipeline and its parts: full precision, fake quantization and engines in one run",
    detailedDescription = "classpath:benchmark.txt")
public final class BenchmarkCommand extends DeviceCommand {
    @Option(name = "--restore-from", description = "A quantized checkpoint, to time on libtorch with fake quantization")
    @Completion(PathCompleter.Tensors.class)
    private String restoreFrom;

    @Option(name = "--onnx-load-path", description = "The quantized model as it was exported, or its folder; --engine builds and keeps it")
    @Completion(PathCompleter.Models.class)
    private String onnxLoadPath;

    @Option(name = "--engine-path", aliases = {"--trt-engine-load-path", "--trt_engine-path"},
        description = "The quantized model's engine file, in place of --onnx-load-path")
    @Completion(PathCompleter.Engines.class)
    private String enginePath;

    @Option(name = "--full-onnx-load-path", description = "The full precision model as it was exported, or its folder")
    @Completion(PathCompleter.Models.class)
    private String fullOnnxLoadPath;

    @Option(name = "--full-engine-path", description = "The full precision model's engine file, in place of --full-onnx-load-path")
    @Completion(PathCompleter.Engines.class)
    private String fullEnginePath;

    @Option(name = "--engine", description = "Which engine runs the exported models or engine files",
        valueToShowInHelp = EngineChoice.ENGINE_USUALLY)
    @Completion(EngineCompleter.class)
    private String engine;

    @Option(name = "--threads", description = "Threads that the engine computes with", valueToShowInHelp = "the engine's usual number")
    private Integer threads;

    @Option(name = "--prompt", description = "What the pictures show")
    private String prompt = "a photograph of a red apple on a wooden table";

    @Option(name = "--num-inference-steps", description = "Denoising steps", valueToShowInHelp = "the pipeline's usual number")
    private Integer steps;

    @Option(name = "--guidance-scale", description = "How strongly the prompt guides", valueToShowInHelp = "the pipeline's usual one")
    private Double guidanceScale;

    @Option(name = "--batch-size", description = "Pictures that are made together")
    private int batchSize = 1;

    @Option(name = "--height", description = "Pixels", valueToShowInHelp = "the pipeline's usual height")
    private Integer height;

    @Option(name = "--width", description = "Pixels", valueToShowInHelp = "the pipeline's usual width")
    private Integer width;

    @Option(name = "--warm-up", description = "Runs of each variant before those that count")
    private int warmUp = 2;

    @Option(name = "--runs", description = "Runs of each variant that count")
    private int runs = 10;

    @Option(name = "--json-file", description = "Write the result to this file too, as JSON")
    @Completion(PathCompleter.Json.class)
    private String jsonFile;

    @Override
    Report report() throws Exception {
        if (batchSize < 1) {
            throw new IllegalArgumentException("batch-size: found " + batchSize + "; expected >= 1");
        }
        var sampling = new Sampling(Collections.nCopies(batchSize, prompt), "", Given.orUsual("num-inference-steps", steps),
            Given.orUsual("guidance-scale", guidanceScale), Given.orUsual("height", height), Given.orUsual("width", width), 0, "");
        var request = new BenchmarkRequest(source(), variants(), sampling, warmUp, runs);
        String file = outputFile("json-file", jsonFile);
        BenchmarkResult result = await(progress -> halftone.benchmark(request, progress));
        Report report = BenchmarkReport.of(result);
        if (!file.isEmpty()) {
            Staging.write(Path.of(file), (Json.text(report.values()) + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return report;
    }

    private List<Variant> variants() {
        Given.atMostOne("full precision engine", "--full-onnx-load-path", fullOnnxLoadPath, "--full-engine-path", fullEnginePath);
        Given.atMostOne("quantized engine", "--onnx-load-path", onnxLoadPath, "--engine-path", enginePath);
        Map<String, String> options = BuildCommand.options(threads);
        String named = Given.orElse(engine, halftone.defaults().engine());
        var full = new EngineChoice("--full-", "", path("full-onnx-load-path", fullOnnxLoadPath), path("full-engine-path", fullEnginePath), engine,
            options, halftone.defaults());
        var quantized = new EngineChoice("--", "", path("onnx-load-path", onnxLoadPath), path("engine-path", enginePath), engine, options, halftone.defaults());
        if (!full.isGiven() && !quantized.isGiven() && (engine != null || threads != null)) {
            throw new IllegalArgumentException((engine == null ? "threads" : "engine") + ": found it without a model to run; expected one of "
                + "--onnx-load-path, --engine-path, --full-onnx-load-path, --full-engine-path too");
        }
        List<Variant> variants = new ArrayList<>(List.of(new Variant("libtorch", BackboneChoice.fullPrecision())));
        if (full.isGiven()) {
            variants.add(new Variant(named, full.backbone("")));
        }
        if (restoreFrom != null) {
            variants.add(new Variant("libtorch, fake quantization", new BackboneChoice.Eager(path("restore-from", restoreFrom))));
        }
        if (quantized.isGiven()) {
            variants.add(new Variant(named + ", quantized", quantized.backbone("")));
        }
        return variants;
    }
}
