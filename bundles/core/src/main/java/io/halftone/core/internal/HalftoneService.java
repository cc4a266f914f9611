package io.halftone.core.internal;

import io.halftone.api.BenchmarkRequest;
import io.halftone.api.BenchmarkResult;
import io.halftone.api.BuildRequest;
import io.halftone.api.BuildResult;
import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.EvaluateResult;
import io.halftone.api.ExportRequest;
import io.halftone.api.ExportResult;
import io.halftone.api.FuseLoraRequest;
import io.halftone.api.FuseLoraResult;
import io.halftone.api.GenerateRequest;
import io.halftone.api.GenerateResult;
import io.halftone.api.Halftone;
import io.halftone.api.Job;
import io.halftone.api.JobInfo;
import io.halftone.api.JobListener;
import io.halftone.api.PipelineSource;
import io.halftone.api.Preview;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.SearchRequest;
import io.halftone.api.SearchResult;
import io.halftone.api.SynthesizeRequest;
import io.halftone.api.SynthesizeResult;
import io.halftone.core.internal.attest.Attested;
import io.halftone.core.internal.doctor.Diagnostics;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.pin.Pins;
import io.halftone.core.internal.plan.ModelFolders;
import io.halftone.core.internal.task.Attestation;
import io.halftone.core.internal.settings.Refusal;
import io.halftone.core.internal.settings.Settings;
import io.halftone.core.internal.settings.SettingsConfig;
import io.halftone.core.internal.task.Bench;
import io.halftone.core.internal.task.BenchmarkTask;
import io.halftone.core.internal.task.CompareTask;
import io.halftone.core.internal.task.EvaluateTask;
import io.halftone.core.internal.task.GenerateTask;
import io.halftone.core.internal.task.Workplace;
import io.halftone.distribute.OpenWork;
import io.halftone.distribute.Workbench;
import io.halftone.ops.EagerRuntime;
import io.halftone.pipeline.PipelineFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
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
public final class HalftoneService extends Answers implements Workbench {
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
        super(plugins, opener, runtime, inspectors, properties, diagnostics);
        this.jobs = new JobRunner(() -> settings.inForce().jobsKept(), pins::describe);
    }

    /** New settings, for jobs that are asked for from now on; those that run keep theirs. */
    @Modified
    void modified(Map<String, Object> properties) {
        settings.update(properties);
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

    /** What a new job works with: settings and a runtime that stay as they are until it ends, and plugins that finish it, whatever becomes of their bundles. */
    private Workplace workplace() {
        Settings taken = settings.taken();
        EagerRuntime its = runtime.on("");
        return new Workplace(pins.hold(present()), opener, pins.keeps(its) ? its : MissingRuntime.INSTANCE,
            new ModelFolders(taken.modelFolders()), taken.cache());
    }

    /** What a job is about, as people call it. */
    private static String about(PipelineSource source) {
        return source.model().isEmpty() ? source.path() : source.model();
    }
}
