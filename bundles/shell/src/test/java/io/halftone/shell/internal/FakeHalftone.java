package io.halftone.shell.internal;

import io.halftone.api.Absence;
import io.halftone.api.BackboneChoice;
import io.halftone.api.BenchmarkRequest;
import io.halftone.api.BenchmarkResult;
import io.halftone.api.BuildRequest;
import io.halftone.api.BuildResult;
import io.halftone.api.CachedEngine;
import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.api.Defaults;
import io.halftone.api.Diagnosis;
import io.halftone.api.DoctorRequest;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.EvaluateResult;
import io.halftone.api.Explanation;
import io.halftone.api.ExportRequest;
import io.halftone.api.ExportResult;
import io.halftone.api.Finding;
import io.halftone.api.FuseLoraRequest;
import io.halftone.api.FuseLoraResult;
import io.halftone.api.GenerateRequest;
import io.halftone.api.GenerateResult;
import io.halftone.api.Halftone;
import io.halftone.api.InspectResult;
import io.halftone.api.Job;
import io.halftone.api.JobInfo;
import io.halftone.api.JobListener;
import io.halftone.api.Latency;
import io.halftone.api.LoraReport;
import io.halftone.api.ModelInfo;
import io.halftone.api.PipelineSource;
import io.halftone.api.PlanRequest;
import io.halftone.api.PlanResult.Kind;
import io.halftone.api.PlanResult.PlannedLayer;
import io.halftone.api.PlanResult;
import io.halftone.api.PluginInfo;
import io.halftone.api.Preview;
import io.halftone.api.ProgressListener.Progress;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.SearchRequest;
import io.halftone.api.SearchResult.Sensitivity;
import io.halftone.api.SearchResult;
import io.halftone.api.StatisticsInfo;
import io.halftone.api.SynthesizeRequest;
import io.halftone.api.SynthesizeResult;
import io.halftone.export.EngineReport;
import io.halftone.export.LayerReport;
import io.halftone.export.ModelReport;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.api.Verification;
import io.halftone.api.VerifyRequest;
import io.halftone.ops.DType;
import io.halftone.ops.Role;
import io.halftone.pipeline.Advice;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Remembers what it was asked, and answers at once. Knows the format int8, and those that a test adds. */
final class FakeHalftone implements Halftone {
    final List<Object> requests = new ArrayList<>();
    final List<String> formats = new ArrayList<>(List.of("int8"));
    final List<String> folders = new ArrayList<>(List.of("tiny-sdxl"));
    final List<Path> engineFiles = new ArrayList<>();
    double psnr = 31.25;
    Set<String> idle = Set.of();
    List<Finding> findings = List.of(Finding.ok("Java", "17"));
    List<String> notes = List.of();
    Defaults defaults = Defaults.usual();
    final List<JobInfo> jobs = new ArrayList<>();
    List<String> unfused = List.of();
    List<CachedEngine> cached = List.of(new CachedEngine(Path.of("/cache/engines/ab"), "engines", 5_000_000, Instant.EPOCH, List.of("engine: fake")));
    List<Verification.Check> checks = List.of(new Verification.Check("artifact", "m", Verification.Outcome.SAME, ""));
    List<String> problems = List.of();

    @Override
    public Job<QuantizeResult> quantize(QuantizeRequest request, ProgressListener listener) {
        check(request.settings().format());
        requests.add(request);
        listener.progress(new Progress("calibrate", 0, 4, "step"));
        listener.progress(new Progress("calibrate", 4, 4, "step"));
        String file = request.checkpoint().file();
        List<ExportResult> exports = request.onnxDirectory().isEmpty() ? List.of() : List.of(exported(request.onnxDirectory()));
        List<QuantizeResult.Trial> trials = request.trials() == 1 ? List.of()
            : List.of(new QuantizeResult.Trial(17, 33.5, 0.97), new QuantizeResult.Trial(0, 32.25, 0.96));
        return FakeJob.done(new QuantizeResult(file, file.isEmpty() ? List.of() : List.of(file), planned(request.settings()),
            "0123456789abcdef", 4, 2, request.work().statisticsIn().isEmpty() ? 2 : 1, trials, 1.5, 5_300_000, exports,
            request.work().statisticsOut(), notes));
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
        List<Path> files = new ArrayList<>(List.of(file, Path.of(file + "_data")));
        files.addAll(engineFiles);
        return FakeJob.done(new BuildResult(new EngineReport(file, files, "fake runtime 1.0",
            "CPU, 2 threads", List.of("a", "b"), List.of("c"),
            Map.of("Conv", 3, "Reformat", 105), 0.973, List.of(
                new LayerReport("c", "Conv", "FP16", List.of("sm90_conv"), List.of("c/Add"), "its kernel takes FP16 operands"),
                new LayerReport("d.attn", LayerReport.ATTENTION, "FP16", List.of("_gemm_mha_v2"), List.of(), ""))), 6_000_000, 0.5));
    }

    @Override
    public Verification verify(VerifyRequest request) {
        requests.add(request);
        return new Verification(List.of(request.artifact() + ".provenance.json"), checks);
    }

    @Override
    public List<String> sign(String artifact, String privateKey) {
        requests.add(List.of(artifact, privateKey));
        return List.of(artifact + ".intoto.jsonl");
    }

    @Override
    public String buildCommand(BuildRequest request, int version) {
        requests.add(request);
        return "trtexec of version " + version;
    }

    /** As if every engine were one for 16 bits. */
    @Override
    public DType computeType(PipelineSource source, BackboneChoice.Built backbone) {
        return DType.FLOAT16;
    }

    @Override
    public Job<GenerateResult> generate(GenerateRequest request, ProgressListener listener) {
        requests.add(request);
        return FakeJob.done(new GenerateResult(List.of(request.image()), request.dump(), latency(""), 2));
    }

    @Override
    public Job<EvaluateResult> evaluate(EvaluateRequest request, ProgressListener listener) {
        requests.add(request);
        List<EvaluateResult.Variant> variants = request.variants().stream().map(variant -> new EvaluateResult.Variant(variant.name(), 4, psnr, 33.5,
            0.9876, 0.98, Double.NaN, Double.NaN, 12.5, 2_000_000, "")).toList();
        return FakeJob.done(new EvaluateResult(variants, request.directory() + "/report.html", request.directory() + "/report.json",
            request.directory() + "/report.csv", 4, 8, 3));
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
        return planned(request.settings());
    }

    @Override
    public Job<SearchResult> search(SearchRequest request, ProgressListener listener) {
        requests.add(request);
        return FakeJob.done(new SearchResult(request.recipe(), request.table(), List.of(new Sensitivity("mid_block.attentions.0.to_q",
            "int8", 1e-6, 0.25, true), new Sensitivity("conv_in", "int8", 0.0123, 0.75, false)), 1, 0.875, 30.5, 60, idle));
    }

    @Override
    public Job<SynthesizeResult> synthesize(SynthesizeRequest request, ProgressListener listener) {
        requests.add(request);
        return FakeJob.done(new SynthesizeResult(request.directory(), Map.of("unet", 2_567_463_684L), 5_135_000_000L, 12));
    }

    @Override
    public Job<FuseLoraResult> fuseLora(FuseLoraRequest request, ProgressListener listener) {
        requests.add(request);
        return FakeJob.done(new FuseLoraResult(request.directory(), Map.of("unet", 12), 3));
    }

    @Override
    public LoraReport checkLora(PipelineSource source) {
        requests.add(source);
        return new LoraReport(List.of("style.safetensors, SHA-256 00ff, scale 0.9"), unfused);
    }

    @Override
    public Advice advice(String model, String format) {
        check(format);
        boolean int8 = format.equals("int8");
        Map<String, String> options = int8 ? Map.of("alpha", "0.8") : Map.of();
        if (presets().contains(model)) {
            return int8 ? new Advice("smoothquant", options, "min-mean", 0.75, 32, 2, 20) : new Advice("max", options, "default", 1, 128,
                2, 30);
        }
        return new Advice(int8 ? "smoothquant" : "max", options, "default", 1, 32, 2, 20);
    }

    private void check(String format) {
        if (!formats.contains(format)) {
            throw new IllegalArgumentException("format " + format + ": found none; expected one of " + formats);
        }
    }

    @Override
    public Map<String, Extent> extents(String preset) {
        if (!presets().contains(preset)) {
            throw new IllegalArgumentException("preset " + preset + ": found none; expected one of " + presets());
        }
        return Map.of("batch_size", new Extent(2, 16, 16), "height", new Extent(96, 128, 128));
    }

    @Override
    public List<Explanation> explain(String checkpoint, String layer) {
        requests.add(List.of(checkpoint, layer));
        return List.of(new Explanation("conv_in", "int8", "smoothquant",
            List.of(new Explanation.Site("conv_in.input_quantizer", "max over 20 steps of 32 prompts", "4.125")),
                List.of("smoothing: 32 numbers")));
    }

    @Override
    public InspectResult inspect(String path) {
        requests.add("inspect " + path);
        Path file = path.endsWith(".onnx") ? Path.of(path) : Path.of(path, "backbone.onnx");
        var weights = new ModelReport.Weights(3, 1200, Map.of("FLOAT", 2_000_000L), 40, 2_000_000,
            List.of(new ModelReport.DataFile("backbone.onnx_data", 2_000_000, 2_000_000, 2)));
        return new InspectResult(new ModelReport(file, 500_000, 9, new TreeMap<>(Map.of("", 19L, "trt", 1L)), "halftone",
            List.of(new ModelReport.Port("sample", "FLOAT", List.of("batch_size", "4", "?"))), List.of(new ModelReport.Port("out_sample", "FLOAT",
                List.of())), new TreeMap<>(Map.of("Conv", 3, "MatMul", 2)), new ModelReport.Rounding(Map.of(), Map.of("INT8", 2)), weights,
            Map.of("halftone", "{}"), problems), "00ff", "UNet2DConditionModel", Map.of("batch_size", new Extent(2, 4, 16)), 1_234_567,
            Map.of("ids-rank", "3"), problems);
    }

    @Override
    public StatisticsInfo mergeStatistics(List<String> files, String target) {
        requests.add(files);
        return new StatisticsInfo(target, "00ff", 2, 4, 70, 1_500_000);
    }

    @Override
    public List<CachedEngine> cachedEngines(String cache) {
        requests.add(cache);
        return cached;
    }

    @Override
    public List<CachedEngine> clearEngines(String cache) {
        requests.add("clear " + cache);
        return cached;
    }

    @Override
    public List<String> presets() {
        return List.of("sdxl-1.0", "sdxl-turbo", "sd2.1", "sd2.1-base", "sd3-medium", "flux-dev", "flux-schnell");
    }

    @Override
    public List<ModelInfo> models() {
        return folders.stream().map(name -> new ModelInfo(name, "/models/" + name, "StableDiffusionXLPipeline", "UNet2DConditionModel",
            true)).toList();
    }

    @Override
    public List<PluginInfo> plugins() {
        return List.of(new PluginInfo("format", formats, "io.halftone.format.int8", "0.1.0"),
            new PluginInfo("collector", List.of("default", "max"), "io.halftone.collector.max", "0.1.0"),
            new PluginInfo("collector", List.of("reference-default", "reference-max", "reference-min-mean"),
                "io.halftone.collector.reference", "0.1.0"),
            new PluginInfo("algorithm", List.of("reference-max"), "io.halftone.algorithm.reference", "0.1.0"),
            new PluginInfo("algorithm", List.of("reference-smoothquant"), "io.halftone.algorithm.reference", "0.1.0"));
    }

    @Override
    public Job<BenchmarkResult> benchmark(BenchmarkRequest request, ProgressListener listener) {
        requests.add(request);
        List<BenchmarkResult.Variant> variants = request.variants().stream().map(variant -> new BenchmarkResult.Variant(variant.name(), "fake 1.0, CPU",
            List.of(new BenchmarkResult.Part("backbone step", 20, 12.5, 14.25), new BenchmarkResult.Part("end to end", 10, 300, 310.125)), "")).toList();
        return FakeJob.done(new BenchmarkResult(variants, Map.of("sample", "[2, 4, 16, 16] FLOAT32"), Map.of("dtype", "FLOAT32"),
            Map.of("CPU", "a processor"), 3));
    }

    @Override
    public List<JobInfo> jobs() {
        return List.copyOf(jobs);
    }

    /** It is asked, and has ended when it is looked at again. */
    @Override
    public JobInfo cancel(String id) {
        JobInfo job = jobs.stream().filter(known -> known.id().equals(id)).findFirst().orElseThrow();
        requests.add("cancel " + id);
        if (!job.isRunning()) {
            return job;
        }
        jobs.set(jobs.indexOf(job), with(job, Job.State.CANCELLED, false));
        return with(job, Job.State.RUNNING, true);
    }

    private static JobInfo with(JobInfo job, Job.State state, boolean cancelling) {
        return new JobInfo(job.id(), job.kind(), job.subject(), state, cancelling, job.started(), job.elapsed(), job.progress(), job.inStage(), "");
    }

    @Override
    public Optional<Preview> preview(String id) {
        return Optional.empty();
    }

    @Override
    public JobListener.Registration listen(JobListener listener) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Defaults defaults() {
        return defaults;
    }

    @Override
    public List<Absence> absentPlugins() {
        return List.of(new Absence("engine", "tensorrt", "GPU: found no NVIDIA driver; expected one"));
    }

    @Override
    public Diagnosis doctor(DoctorRequest request) {
        requests.add(request);
        return new Diagnosis(findings);
    }

    private static ExportResult exported(String folder) {
        return new ExportResult(folder + "/backbone.onnx", List.of(folder + "/backbone.onnx", folder + "/backbone.onnx_data"), 3, 40,
            5_400_000, 0.25, "");
    }

    private static Latency latency(String note) {
        return new Latency("fake 1.0, CPU, 2 threads", 20, 12.5, 14.25, Map.of("sample", "(2, 4, 16, 16)"), note);
    }

    /** Two formats where there are rules. */
    private PlanResult planned(QuantSettings settings) {
        String other = settings.rules().isEmpty() ? settings.format() : settings.rules().get(0).format();
        return new PlanResult("UNet2DConditionModel", settings.format(), settings.level(), settings.policy(), List.of(
            new PlannedLayer("conv_in", Kind.CONV, Role.INPUT, false, "(32, 4, 3, 3)", "", "", "", 1152),
            new PlannedLayer("down_blocks.0.resnets.0.conv1", Kind.CONV, Role.CONVOLUTION, true, "(32, 32, 3, 3)", other,
                settings.algorithm(), settings.collector(), 9216),
            new PlannedLayer("mid_block.attentions.0.to_q", Kind.LINEAR, Role.QKV, true, "(32, 32)", settings.format(),
                settings.algorithm(), settings.collector(), 1024),
            new PlannedLayer("mid_block.attentions.0.to_k", Kind.LINEAR, Role.QKV, true, "(32, 32)", settings.format(),
                settings.algorithm(), settings.collector(), 1024)), idle);
    }
}
