package io.halftone.core.internal;

import io.halftone.api.Absence;
import io.halftone.api.BackboneChoice;
import io.halftone.api.BenchmarkRequest;
import io.halftone.api.BenchmarkResult;
import io.halftone.api.BuildRequest;
import io.halftone.api.BuildResult;
import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.api.Diagnosis;
import io.halftone.api.DoctorRequest;
import io.halftone.api.Explanation;
import io.halftone.api.ExportRequest;
import io.halftone.api.ExportResult;
import io.halftone.api.FuseLoraRequest;
import io.halftone.api.FuseLoraResult;
import io.halftone.api.GenerateRequest;
import io.halftone.api.GenerateResult;
import io.halftone.api.Halftone;
import io.halftone.api.Job;
import io.halftone.api.LoraReport;
import io.halftone.api.ModelInfo;
import io.halftone.api.PipelineSource;
import io.halftone.api.PlanRequest;
import io.halftone.api.PlanResult;
import io.halftone.api.PluginInfo;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.SearchRequest;
import io.halftone.api.SearchResult;
import io.halftone.api.StatisticsInfo;
import io.halftone.api.SynthesizeRequest;
import io.halftone.api.SynthesizeResult;
import io.halftone.api.Verification;
import io.halftone.api.VerifyRequest;
import io.halftone.core.internal.attest.Attested;
import io.halftone.core.internal.attest.Verifier;
import io.halftone.core.internal.calibrate.StatisticsMerge;
import io.halftone.core.internal.doctor.Diagnostics;
import io.halftone.core.internal.doctor.Doctor;
import io.halftone.core.internal.job.Failures;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.plan.ModelFolders;
import io.halftone.core.internal.task.Attestation;
import io.halftone.core.internal.task.BenchmarkTask;
import io.halftone.core.internal.task.BuildTask;
import io.halftone.core.internal.task.BuiltEngines;
import io.halftone.core.internal.task.CompareTask;
import io.halftone.core.internal.task.EngineCache;
import io.halftone.core.internal.task.Explanations;
import io.halftone.core.internal.task.ExportTask;
import io.halftone.core.internal.task.FuseLoraTask;
import io.halftone.core.internal.task.GenerateTask;
import io.halftone.core.internal.task.Loras;
import io.halftone.core.internal.task.Plans;
import io.halftone.core.internal.task.QuantizeTask;
import io.halftone.core.internal.task.SearchTask;
import io.halftone.core.internal.task.SynthesizeTask;
import io.halftone.core.internal.task.Workplace;
import io.halftone.export.EngineException;
import io.halftone.model.ModelSignature;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.EagerRuntime;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.PipelineFolder;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The service that applications call. Plugins come and go without touching it; each job takes those there are when it is asked for. */
@Component(service = Halftone.class, configurationPid = "io.halftone")
@Designate(ocd = HalftoneService.Config.class)
public final class HalftoneService implements Halftone {

    @ObjectClassDefinition(name = "Halftone")
    public @interface Config {
        @AttributeDefinition(name = "Model folders", description = "Folders that hold pipeline folders; none: those of the system property "
            + "halftone.models, separated as in a class path")
        String[] modelFolders() default {};

        @AttributeDefinition(name = "Engine cache", description = "Folder where exports and engines are kept that commands make on their way; "
            + "none: that of the system property halftone.engines, or else engines in HALFTONE_DATA, or in the user's cache")
        String engineCache() default "";
    }

    private static final String USUAL_COLLECTOR = "default";
    private static final int USUAL_PROMPTS = 32;
    private static final int USUAL_BATCH = 2;
    private static final int USUAL_STEPS = 20;

    private final Supplier<Plugins> plugins;
    private final PipelineFolder.Opener opener;
    private final EagerRuntime runtime;
    private final ModelFolders models;
    private final Diagnostics diagnostics;
    private final Path engines;
    private final JobRunner jobs = new JobRunner();

    @Activate
    public HalftoneService(Config config, @Reference PluginRegistry registry, @Reference PipelineFolder.Opener opener,
                           @Reference EagerRuntime runtime, @Reference Diagnostics diagnostics) {
        this(registry::snapshot, opener, runtime, folders(config.modelFolders()), diagnostics, engines(config.engineCache()));
    }

    /** Over plugins that come from anywhere. */
    HalftoneService(Supplier<Plugins> plugins, PipelineFolder.Opener opener, EagerRuntime runtime, ModelFolders models,
                    Diagnostics diagnostics) {
        this(plugins, opener, runtime, models, diagnostics, engines(""));
    }

    private HalftoneService(Supplier<Plugins> plugins, PipelineFolder.Opener opener, EagerRuntime runtime, ModelFolders models,
                            Diagnostics diagnostics, Path engines) {
        this.engines = engines;
        this.diagnostics = diagnostics;
        this.plugins = plugins;
        this.opener = opener;
        this.runtime = runtime;
        this.models = models;
    }

    private static ModelFolders folders(String[] configured) {
        String property = System.getProperty("halftone.models", "");
        Stream<String> folders = configured.length > 0 ? Stream.of(configured)
            : Stream.of(property.split(File.pathSeparator)).filter(folder -> !folder.isBlank());
        return new ModelFolders(folders.map(Path::of).toList());
    }

    private static Path engines(String configured) {
        String chosen = configured.isBlank() ? System.getProperty("halftone.engines", "") : configured;
        return chosen.isBlank() ? EngineCache.usual(System.getenv(), System.getProperty("user.home")) : Path.of(chosen);
    }

    @Deactivate
    void stop() {
        jobs.stop();
    }

    @Override
    public Job<QuantizeResult> quantize(QuantizeRequest request, ProgressListener listener) {
        return jobs.start("quantize", listener, checked(() -> {
            Workplace work = workplace();
            return attestation(work).of(new QuantizeTask(work, request), request);
        }));
    }

    @Override
    public Job<ExportResult> export(ExportRequest request, ProgressListener listener) {
        return jobs.start("export", listener, checked(() -> {
            Workplace work = workplace();
            return attestation(work).of(new ExportTask(work, request), request);
        }));
    }

    @Override
    public Job<BuildResult> build(BuildRequest request, ProgressListener listener) {
        return jobs.start("build", listener, checked(() -> {
            Workplace work = workplace();
            return attestation(work).of(new BuildTask(work, request), request);
        }));
    }

    @Override
    public String buildCommand(BuildRequest request, int version) {
        return checked(() -> BuildTask.command(workplace(), request, version));
    }

    @Override
    public DType computeType(PipelineSource source, BackboneChoice.Built backbone) {
        return checked(() -> BuiltEngines.computeType(workplace(), source, backbone));
    }

    @Override
    public Job<GenerateResult> generate(GenerateRequest request, ProgressListener listener) {
        return jobs.start("generate", listener, checked(() -> new GenerateTask(workplace(), request)));
    }

    @Override
    public Job<CompareResult> compare(CompareRequest request, ProgressListener listener) {
        return jobs.start("compare", listener, checked(() -> new CompareTask(workplace(), request)));
    }

    @Override
    public Job<BenchmarkResult> benchmark(BenchmarkRequest request, ProgressListener listener) {
        return jobs.start("benchmark", listener, checked(() -> new BenchmarkTask(workplace(), diagnostics, request)));
    }

    @Override
    public Job<SearchResult> search(SearchRequest request, ProgressListener listener) {
        return jobs.start("auto", listener, checked(() -> {
            Workplace work = workplace();
            return attestation(work).of(new SearchTask(work, request), request);
        }));
    }

    @Override
    public Job<SynthesizeResult> synthesize(SynthesizeRequest request, ProgressListener listener) {
        return jobs.start("synthesize", listener, checked(() -> {
            Workplace work = workplace();
            return attestation(work).of(new SynthesizeTask(work, request), request);
        }));
    }

    @Override
    public Job<FuseLoraResult> fuseLora(FuseLoraRequest request, ProgressListener listener) {
        return jobs.start("fuse-lora", listener, checked(() -> {
            Workplace work = workplace();
            return attestation(work).of(new FuseLoraTask(work, request), request);
        }));
    }

    @Override
    public LoraReport checkLora(PipelineSource source) {
        return checked(() -> Loras.report(workplace(), source));
    }

    @Override
    public PlanResult plan(PlanRequest request) {
        return checked(() -> Plans.of(workplace(), request));
    }

    @Override
    public Advice advice(String model, String format) {
        Plugins taken = plugins.get();
        String algorithm = taken.formats().get(format).usualAlgorithm();
        if (taken.presets().has(model)) {
            return taken.presets().get(model).advice(format);
        }
        return new Advice(algorithm, taken.algorithms().get(algorithm).usual(), USUAL_COLLECTOR, 1, USUAL_PROMPTS, USUAL_BATCH, USUAL_STEPS);
    }

    @Override
    public Map<String, ModelSignature.Extent> extents(String preset) {
        return plugins.get().presets().get(preset).extents();
    }

    @Override
    public List<Explanation> explain(String checkpoint, String layer) {
        return checked(() -> Explanations.of(Path.of(checkpoint), layer));
    }

    @Override
    public StatisticsInfo mergeStatistics(List<String> files, String target) {
        return checked(() -> StatisticsMerge.merge(plugins.get(), files, target));
    }

    @Override
    public List<String> presets() {
        return plugins.get().presets().names();
    }

    @Override
    public List<ModelInfo> models() {
        return checked(() -> models.list(opener, plugins.get()));
    }

    @Override
    public List<PluginInfo> plugins() {
        return plugins.get().infos();
    }

    @Override
    public List<Absence> absentPlugins() {
        return diagnostics.absent();
    }

    @Override
    public Diagnosis doctor(DoctorRequest request) {
        return Doctor.examine(workplace(), diagnostics, request);
    }

    @Override
    public Verification verify(VerifyRequest request) {
        return checked(() -> Verifier.verify(request));
    }

    @Override
    public List<String> sign(String artifact, String privateKey) {
        return checked(() -> Verifier.sign(artifact, privateKey));
    }

    private Attestation attestation(Workplace work) {
        return new Attestation(work, new Attested.Surroundings(work.plugins().infos(), diagnostics::facts));
    }

    private Workplace workplace() {
        return new Workplace(plugins.get(), opener, runtime, models, engines);
    }

    /** Work that reads files. */
    @FunctionalInterface
    private interface Reading<R> {
        R read() throws IOException;
    }

    /** What is wrong with a request's files is the caller's to mend. */
    private static <R> R checked(Reading<R> reading) {
        try {
            return reading.read();
        } catch (CheckpointException | EngineException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(Failures.describe(e), e);
        }
    }
}
