package io.halftone.shell.internal;

import io.halftone.api.BuildRequest;
import io.halftone.api.BuildResult;
import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.api.ExportRequest;
import io.halftone.api.ExportResult;
import io.halftone.api.GenerateRequest;
import io.halftone.api.GenerateResult;
import io.halftone.api.Halftone;
import io.halftone.api.Job;
import io.halftone.api.Latency;
import io.halftone.api.ModelInfo;
import io.halftone.api.PlanRequest;
import io.halftone.api.PlanResult;
import io.halftone.api.PlanResult.Kind;
import io.halftone.api.PlanResult.PlannedLayer;
import io.halftone.api.PluginInfo;
import io.halftone.api.ProgressListener;
import io.halftone.api.ProgressListener.Progress;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.export.EngineReport;
import io.halftone.ops.Role;
import io.halftone.quant.QuantLevel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Remembers what it was asked, and answers at once. Knows the format int8 alone. */
final class FakeHalftone implements Halftone {
    final List<Object> requests = new ArrayList<>();
    double psnr = 31.25;

    @Override
    public Job<QuantizeResult> quantize(QuantizeRequest request, ProgressListener listener) {
        if (!request.settings().format().equals("int8")) {
            throw new IllegalArgumentException("format " + request.settings().format() + ": found none; expected one of [int8]");
        }
        requests.add(request);
        listener.progress(new Progress("calibrate", 0, 4, "step"));
        listener.progress(new Progress("calibrate", 4, 4, "step"));
        List<ExportResult> exports = request.onnxDirectory().isEmpty() ? List.of() : List.of(exported(request.onnxDirectory()));
        return FakeJob.done(new QuantizeResult(request.checkpoint(), planned(request.settings().level(), request.settings().policy()), 4, 2,
            1.5,
            5_300_000, exports));
    }

    @Override
    public Job<ExportResult> export(ExportRequest request, ProgressListener listener) {
        requests.add(request);
        return FakeJob.done(exported(request.directory()));
    }

    @Override
    public Job<BuildResult> build(BuildRequest request, ProgressListener listener) {
        requests.add(request);
        Path file = request.file().isEmpty() ? Path.of(request.model()).resolveSibling("backbone.plan") : Path.of(request.file());
        return FakeJob.done(new BuildResult(new EngineReport(file, List.of(file, Path.of(file + "_data")), "fake runtime 1.0", "CPU, 2 threads", List.of("a", "b"), List.of("c"),
            Map.of("Conv", 3)), 6_000_000, 0.5));
    }

    @Override
    public Job<GenerateResult> generate(GenerateRequest request, ProgressListener listener) {
        requests.add(request);
        return FakeJob.done(new GenerateResult(List.of(request.image()), request.dump(), latency(""), 2));
    }

    @Override
    public Job<CompareResult> compare(CompareRequest request, ProgressListener listener) {
        requests.add(request);
        var pair = new CompareResult.Pair(request.sampling().prompts().get(0), request.directory() + "/reference.png",
            request.directory() + "/candidate.png", request.directory() + "/side-by-side.png", psnr, 0.9876);
        return FakeJob.done(new CompareResult(List.of(pair), latency(""), latency("1 of 3 integer layers computed in float"), psnr, 0.9876,
            3));
    }

    @Override
    public PlanResult plan(PlanRequest request) {
        requests.add(request);
        return planned(request.level(), request.policy());
    }

    @Override
    public List<ModelInfo> models() {
        return List.of(new ModelInfo("tiny-sdxl", "/models/tiny-sdxl", "StableDiffusionXLPipeline", "UNet2DConditionModel", true));
    }

    @Override
    public List<PluginInfo> plugins() {
        return List.of(new PluginInfo("format", List.of("int8"), "io.halftone.format.int8", "0.1.0"),
            new PluginInfo("collector", List.of("default", "max"), "io.halftone.collector.max", "0.1.0"));
    }

    private static ExportResult exported(String folder) {
        return new ExportResult(folder + "/backbone.onnx", List.of(folder + "/backbone.onnx", folder + "/backbone.onnx_data"), 3, 40,
            5_400_000, 0.25);
    }

    private static Latency latency(String note) {
        return new Latency("fake 1.0, CPU, 2 threads", 20, 12.5, 14.25, Map.of("sample", "(2, 4, 16, 16)"), note);
    }

    private static PlanResult planned(QuantLevel level, String policy) {
        return new PlanResult("UNet2DConditionModel", "int8", level, policy, List.of(
            new PlannedLayer("conv_in", Kind.CONV, Role.INPUT, false, "(32, 4, 3, 3)"),
            new PlannedLayer("down_blocks.0.resnets.0.conv1", Kind.CONV, Role.CONVOLUTION, true, "(32, 32, 3, 3)"),
            new PlannedLayer("mid_block.attentions.0.to_q", Kind.LINEAR, Role.QKV, true, "(32, 32)"),
            new PlannedLayer("mid_block.attentions.0.to_k", Kind.LINEAR, Role.QKV, true, "(32, 32)")));
    }
}
