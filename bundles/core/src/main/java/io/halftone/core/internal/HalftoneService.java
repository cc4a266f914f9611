package io.halftone.core.internal;

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
import io.halftone.api.LoraReport;
import io.halftone.api.ModelInfo;
import io.halftone.api.PipelineSource;
import io.halftone.api.PlanRequest;
import io.halftone.api.PlanResult;
import io.halftone.api.PluginInfo;
import io.halftone.api.Preview;
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
import io.halftone.core.internal.doctor.MissingParts;
import io.halftone.core.internal.job.Failures;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.pin.Pins;
import io.halftone.core.internal.plan.ModelFolders;
import io.halftone.core.internal.task.Attestation;
import io.halftone.core.internal.settings.LiveSettings;
import io.halftone.core.internal.settings.Refusal;
import io.halftone.core.internal.settings.Settings;
import io.halftone.core.internal.settings.SettingsConfig;
import io.halftone.core.internal.task.Advices;
import io.halftone.core.internal.task.Bench;
import io.halftone.core.internal.task.BenchmarkTask;
import io.halftone.core.internal.task.BuildTask;
import io.halftone.core.internal.task.BuiltEngines;
import io.halftone.core.internal.task.CompareTask;
import io.halftone.core.internal.task.CacheEntries;
import io.halftone.core.internal.task.EngineCache;
import io.halftone.core.internal.task.EvaluateTask;
import io.halftone.core.internal.task.Explanations;
import io.halftone.core.internal.task.ExportTask;
import io.halftone.core.internal.task.FuseLoraTask;
import io.halftone.core.internal.task.GenerateTask;
import io.halftone.core.internal.task.Inspection;
import io.halftone.core.internal.task.Loras;
import io.halftone.core.internal.task.Plans;
import io.halftone.core.internal.task.QuantizeTask;
import io.halftone.core.internal.task.SearchTask;
import io.halftone.core.internal.task.SynthesizeTask;
import io.halftone.core.internal.task.Workplace;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Workbench;
import io.halftone.export.EngineException;
import io.halftone.model.ModelSignature;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.EagerRuntime;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.PipelineFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The service that applications call. Plugins and settings come and go without touching it; each job takes those there are when it is
 * asked for.
 */
// immediate: jobs go on while nobody holds the service, such as when the bundle of the commands is refreshed
@Component(service = {Halftone.class, Workbench.class}, configurationPid = Refusal.PID, immediate = true)
@Designate(ocd = SettingsConfig.class)
public final class HalftoneService implements Halftone, Workbench {
    private final Supplier<Plugins> plugins;
    private final PipelineFolder.Opener opener;
    private final EagerRuntime runtime;
    private final Inspectors inspectors;
    private final LiveSettings settings;
    private final Diagnostics diagnostics;
    private final Pins pins = new Pins();
    private final JobRunner jobs;
    private final Map<JobListener, JobListener.Registration> listeners = Collections.synchronizedMap(new IdentityHashMap<>());

    @Activate
    public HalftoneService(Map<String, Object> properties, @Reference PluginRegistry registry, @Reference PipelineFolder.Opener opener,
                           @Reference FollowedRuntime runtime, @Reference Inspectors inspectors, @Reference Diagnostics diagnostics) {
        this(registry::snapshot, opener, runtime, inspectors, properties, diagnostics);
    }

    /** Over plugins that come from anywhere, in these folders. */
    HalftoneService(Supplier<Plugins> plugins, PipelineFolder.Opener opener, EagerRuntime runtime, ModelFolders models,
                    Diagnostics diagnostics) {
        this(plugins, opener, runtime, new Inspectors(), Map.of("modelFolders", models.folders().stream().map(Path::toString).toList()), diagnostics);
    }

    /** Over plugins that come from anywhere. */
    HalftoneService(Supplier<Plugins> plugins, PipelineFolder.Opener opener, EagerRuntime runtime, Map<String, ?> properties,
                    Diagnostics diagnostics) {
        this(plugins, opener, runtime, new Inspectors(), properties, diagnostics);
    }

    private HalftoneService(Supplier<Plugins> plugins, PipelineFolder.Opener opener, EagerRuntime runtime, Inspectors inspectors,
                            Map<String, ?> properties, Diagnostics diagnostics) {
        this.inspectors = inspectors;
        this.diagnostics = diagnostics;
        this.plugins = plugins;
        this.opener = opener;
        this.runtime = runtime;
        this.settings = new LiveSettings(properties, this::isThere);
        this.jobs = new JobRunner(() -> settings.inForce().jobsKept(), pins::describe);
    }

    /** New settings, for jobs that are asked for from now on; those that run keep theirs. */
    @Modified
    void modified(Map<String, Object> properties) {
        settings.update(properties);
    }

    /** Whether there is such a plugin, or would be if the machine had what it needs. */
    private boolean isThere(String kind, String name) {
        return plugins.get().infos().stream().anyMatch(plugin -> plugin.kind().equals(kind) && plugin.names().contains(name))
            || diagnostics.absent().stream().anyMatch(plugin -> plugin.kind().equals(kind) && plugin.name().equals(name));
    }

    @Reference(policy = ReferencePolicy.DYNAMIC, cardinality = ReferenceCardinality.MULTIPLE)
    void addListener(JobListener listener) {
        listeners.put(listener, jobs.listen(listener));
    }

    void removeListener(JobListener listener) {
        JobListener.Registration gone = listeners.remove(listener);
        if (gone != null) {
            gone.close();
        }
    }

    @Deactivate
    void stop() {
        jobs.stop();
    }

    @Override
    public Job<QuantizeResult> quantize(QuantizeRequest request, ProgressListener listener) {
        return jobs.start("quantize", about(request.source()), listener, checked(() -> attested(workplace()).quantize(request)));
    }

    @Override
    public Job<ExportResult> export(ExportRequest request, ProgressListener listener) {
        return jobs.start("export", about(request.source()), listener, checked(() -> attested(workplace()).export(request)));
    }

    @Override
    public Job<BuildResult> build(BuildRequest request, ProgressListener listener) {
        return jobs.start("build", request.model(), listener, checked(() -> attested(workplace()).build(request)));
    }

    @Override
    public String buildCommand(BuildRequest request, int version) {
        return checked(() -> BuildTask.command(looking(settings.taken()), request, version));
    }

    @Override
    public DType computeType(PipelineSource source, BackboneChoice.Built backbone) {
        return checked(() -> BuiltEngines.computeType(looking(settings.taken()), source, backbone));
    }

    @Override
    public Job<GenerateResult> generate(GenerateRequest request, ProgressListener listener) {
        return jobs.start("generate", about(request.source()), listener, checked(() -> new GenerateTask(workplace(), request)));
    }

    @Override
    public Job<CompareResult> compare(CompareRequest request, ProgressListener listener) {
        return jobs.start("compare", about(request.source()), listener, checked(() -> new CompareTask(workplace(), request)));
    }

    @Override
    public Job<EvaluateResult> evaluate(EvaluateRequest request, ProgressListener listener) {
        return jobs.start("evaluate", about(request.source()), listener, checked(() -> new EvaluateTask(workplace(), diagnostics, request)));
    }

    @Override
    public Job<BenchmarkResult> benchmark(BenchmarkRequest request, ProgressListener listener) {
        return jobs.start("benchmark", about(request.source()), listener, checked(() -> new BenchmarkTask(workplace(), diagnostics, request)));
    }

    @Override
    public Job<SearchResult> search(SearchRequest request, ProgressListener listener) {
        return jobs.start("auto", about(request.source()), listener, checked(() -> attested(workplace()).search(request)));
    }

    @Override
    public Job<SynthesizeResult> synthesize(SynthesizeRequest request, ProgressListener listener) {
        return jobs.start("synthesize", request.preset(), listener, checked(() -> attested(workplace()).synthesize(request)));
    }

    @Override
    public Job<FuseLoraResult> fuseLora(FuseLoraRequest request, ProgressListener listener) {
        return jobs.start("fuse-lora", about(request.source()), listener, checked(() -> attested(workplace()).fuseLora(request)));
    }

    @Override
    public LoraReport checkLora(PipelineSource source) {
        return checked(() -> Loras.report(looking(settings.taken()), source));
    }

    @Override
    public PlanResult plan(PlanRequest request) {
        return checked(() -> Plans.of(looking(settings.taken()), request));
    }

    @Override
    public Advice advice(String model, String format) {
        return Advices.of(plugins.get(), defaults(), model, format);
    }

    @Override
    public List<JobInfo> jobs() {
        return jobs.jobs();
    }

    @Override
    public JobInfo cancel(String id) {
        return jobs.cancel(id);
    }

    @Override
    public Optional<Preview> preview(String id) {
        return jobs.preview(id);
    }

    @Override
    public JobListener.Registration listen(JobListener listener) {
        return jobs.listen(listener);
    }

    @Override
    public Defaults defaults() {
        return settings.inForce().defaults();
    }

    @Override
    public Map<String, ModelSignature.Extent> extents(String preset) {
        return plugins.get().presets().get(preset).extents();
    }

    @Override
    public List<Explanation> explain(String checkpoint, String layer) {
        return checked(() -> Explanations.of(plugins.get(), Path.of(checkpoint), layer));
    }

    @Override
    public InspectResult inspect(String path) {
        return checked(() -> Inspection.of(inspectors.snapshot(), path));
    }

    @Override
    public StatisticsInfo mergeStatistics(List<String> files, String target) {
        return checked(() -> StatisticsMerge.merge(plugins.get(), files, target));
    }

    @Override
    public List<CachedEngine> cachedEngines(String cache) {
        return checked(() -> CacheEntries.of(cache(cache)));
    }

    @Override
    public List<CachedEngine> clearEngines(String cache) {
        return checked(() -> CacheEntries.clear(cache(cache)));
    }

    private EngineCache cache(String folder) {
        EngineCache configured = settings.inForce().cache();
        return folder.isEmpty() ? configured : new EngineCache(Path.of(folder).toAbsolutePath().normalize(), configured.limit());
    }

    @Override
    public List<String> presets() {
        return plugins.get().presets().names();
    }

    @Override
    public List<ModelInfo> models() {
        return checked(() -> looking(settings.inForce()).models().list(opener, plugins.get()));
    }

    @Override
    public List<PluginInfo> plugins() {
        Stream<PluginInfo> runtimes = runtime instanceof FollowedRuntime followed ? followed.infos().stream() : Stream.of();
        return Stream.of(plugins.get().infos().stream(), inspectors.snapshot().infos(), runtimes).flatMap(infos -> infos).toList();
    }

    @Override
    public List<Absence> absentPlugins() {
        return Stream.concat(diagnostics.absent().stream(), MissingParts.of(plugins.get(), inspectors.snapshot(), runtime).stream()).toList();
    }

    @Override
    public Diagnosis doctor(DoctorRequest request) {
        return with(settings.findings(), Doctor.examine(looking(settings.inForce()), diagnostics, request));
    }

    @Override
    public Verification verify(VerifyRequest request) {
        return checked(() -> Verifier.verify(request));
    }

    @Override
    public List<String> sign(String artifact, String privateKey) {
        return checked(() -> Verifier.sign(artifact, privateKey));
    }

    @Override
    public OpenWork open(String description, List<String> devices) throws IOException {
        return new Bench(this::workplace).open(description, devices);
    }

    @Override
    public List<String> devices(List<String> devices) {
        return new Bench(this::workplace).devices(devices);
    }

    private Attestation attested(Workplace work) {
        return new Attestation(work, new Attested.Surroundings(work.plugins().infos(), diagnostics::facts));
    }

    private static Diagnosis with(List<Finding> first, Diagnosis diagnosis) {
        return new Diagnosis(Stream.concat(first.stream(), diagnosis.findings().stream()).toList());
    }

    /** What a new job works with: settings and a runtime that stay as they are until it ends, and plugins that finish it, whatever becomes of their bundles. */
    private Workplace workplace() {
        Settings taken = settings.taken();
        EagerRuntime its = runtime.on("");
        return new Workplace(pins.hold(plugins.get()), opener, pins.keeps(its) ? its : MissingRuntime.INSTANCE,
            new ModelFolders(taken.modelFolders()), taken.cache());
    }

    /** What is needed where nothing is computed: over soon, it does not pay for holding plugins. */
    private Workplace looking(Settings taken) {
        return new Workplace(plugins.get(), opener, runtime, new ModelFolders(taken.modelFolders()), taken.cache());
    }

    /** What a job is about, as people call it. */
    private static String about(PipelineSource source) {
        return source.model().isEmpty() ? source.path() : source.model();
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
