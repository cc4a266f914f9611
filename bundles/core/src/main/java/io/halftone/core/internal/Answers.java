package io.halftone.core.internal;

import io.halftone.api.Absence;
import io.halftone.api.BackboneChoice;
import io.halftone.api.BuildRequest;
import io.halftone.api.CachedEngine;
import io.halftone.api.Defaults;
import io.halftone.api.Diagnosis;
import io.halftone.api.DoctorRequest;
import io.halftone.api.Explanation;
import io.halftone.api.Finding;
import io.halftone.api.Halftone;
import io.halftone.api.InspectResult;
import io.halftone.api.LoraReport;
import io.halftone.api.ModelInfo;
import io.halftone.api.PipelineSource;
import io.halftone.api.PlanRequest;
import io.halftone.api.PlanResult;
import io.halftone.api.PluginInfo;
import io.halftone.api.StatisticsInfo;
import io.halftone.api.Verification;
import io.halftone.api.VerifyRequest;
import io.halftone.core.internal.attest.Attested;
import io.halftone.core.internal.attest.Verifier;
import io.halftone.core.internal.doctor.Diagnostics;
import io.halftone.core.internal.doctor.Doctor;
import io.halftone.core.internal.doctor.MissingParts;
import io.halftone.core.internal.job.Failures;
import io.halftone.core.internal.plan.ModelFolders;
import io.halftone.core.internal.settings.LiveSettings;
import io.halftone.core.internal.settings.Settings;
import io.halftone.core.internal.task.Advices;
import io.halftone.core.internal.task.Attestation;
import io.halftone.core.internal.task.BuildTask;
import io.halftone.core.internal.task.BuiltEngines;
import io.halftone.core.internal.task.CacheEntries;
import io.halftone.core.internal.task.EngineCache;
import io.halftone.core.internal.task.Explanations;
import io.halftone.core.internal.task.Inspection;
import io.halftone.core.internal.task.Loras;
import io.halftone.core.internal.task.Plans;
import io.halftone.core.internal.task.Workplace;
import io.halftone.export.EngineException;
import io.halftone.model.ModelSignature;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.EagerRuntime;
import io.halftone.pipeline.Advice;
import io.halftone.pipeline.PipelineFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What the service answers at once: it starts no job. */
abstract class Answers implements Halftone {
    final Supplier<Plugins> plugins;
    final PipelineFolder.Opener opener;
    final EagerRuntime runtime;
    final LiveSettings settings;
    final Diagnostics diagnostics;
    private final Inspectors inspectors;

    Answers(Supplier<Plugins> plugins, PipelineFolder.Opener opener, EagerRuntime runtime, Inspectors inspectors, Map<String, ?> properties,
            Diagnostics diagnostics) {
        this.plugins = plugins;
        this.opener = opener;
        this.runtime = runtime;
        this.inspectors = inspectors;
        this.diagnostics = diagnostics;
        this.settings = new LiveSettings(properties, this::isThere);
    }

    @Override
    public final PlanResult plan(PlanRequest request) {
        return checked(() -> Plans.of(looking(settings.taken()), request));
    }

    @Override
    public final Advice advice(String model, String format) {
        return Advices.of(plugins.get(), defaults(), model, format);
    }

    @Override
    public final List<Explanation> explain(String checkpoint, String layer) {
        return checked(() -> Explanations.of(plugins.get(), Path.of(checkpoint), layer));
    }

    @Override
    public final InspectResult inspect(String path) {
        return checked(() -> Inspection.of(inspectors.snapshot(), path));
    }

    @Override
    public final LoraReport checkLora(PipelineSource source) {
        return checked(() -> Loras.report(looking(settings.taken()), source));
    }

    @Override
    public final DType computeType(PipelineSource source, BackboneChoice.Built backbone) {
        return checked(() -> BuiltEngines.computeType(looking(settings.taken()), source, backbone));
    }

    @Override
    public final String buildCommand(BuildRequest request, int version) {
        return checked(() -> BuildTask.command(looking(settings.taken()), request, version));
    }

    @Override
    public final StatisticsInfo mergeStatistics(List<String> files, String target) {
        var surroundings = new Attested.Surroundings(plugins.get().infos(), diagnostics::facts);
        return checked(() -> new Attestation(looking(settings.taken()), surroundings).mergeStatistics(files, target));
    }

    @Override
    public final List<CachedEngine> cachedEngines(String cache) {
        return checked(() -> CacheEntries.of(cache(cache)));
    }

    @Override
    public final List<CachedEngine> clearEngines(String cache) {
        return checked(() -> CacheEntries.clear(cache(cache)));
    }

    private EngineCache cache(String folder) {
        EngineCache configured = settings.inForce().cache();
        return folder.isEmpty() ? configured : new EngineCache(Path.of(folder).toAbsolutePath().normalize(), configured.limit());
    }

    @Override
    public final Verification verify(VerifyRequest request) {
        return checked(() -> Verifier.verify(request));
    }

    @Override
    public final List<String> sign(String artifact, String privateKey) {
        return checked(() -> Verifier.sign(artifact, privateKey));
    }

    @Override
    public final Diagnosis doctor(DoctorRequest request) {
        return with(settings.findings(), Doctor.examine(looking(settings.inForce()), diagnostics, request));
    }

    private static Diagnosis with(List<Finding> first, Diagnosis diagnosis) {
        return new Diagnosis(Stream.concat(first.stream(), diagnosis.findings().stream()).toList());
    }

    @Override
    public final Defaults defaults() {
        return settings.inForce().defaults();
    }

    @Override
    public final Map<String, ModelSignature.Extent> extents(String preset) {
        return plugins.get().presets().get(preset).extents();
    }

    @Override
    public final List<String> presets() {
        return plugins.get().presets().names();
    }

    @Override
    public final List<ModelInfo> models() {
        return checked(() -> looking(settings.inForce()).models().list(opener, plugins.get()));
    }

    @Override
    public final List<PluginInfo> plugins() {
        Stream<PluginInfo> runtimes = runtime instanceof FollowedRuntime followed ? followed.infos().stream() : Stream.of();
        return Stream.of(plugins.get().infos().stream(), inspectors.snapshot().infos(), runtimes).flatMap(infos -> infos).toList();
    }

    @Override
    public final List<Absence> absentPlugins() {
        return Stream.concat(diagnostics.absent().stream(), MissingParts.of(plugins.get(), inspectors.snapshot(), runtime).stream()).toList();
    }

    /** Whether there is such a plugin, or would be if the machine had what it needs. */
    private boolean isThere(String kind, String name) {
        return plugins.get().infos().stream().anyMatch(plugin -> plugin.kind().equals(kind) && plugin.names().contains(name))
            || diagnostics.absent().stream().anyMatch(plugin -> plugin.kind().equals(kind) && plugin.name().equals(name));
    }

    /** What is needed where nothing is computed: over soon, it does not pay for holding plugins. */
    final Workplace looking(Settings taken) {
        return new Workplace(present(), opener, runtime, new ModelFolders(taken.modelFolders()), taken.cache());
    }

    /** The plugins that are there, and why others are not. */
    final Plugins present() {
        return plugins.get().lacking(diagnostics.absent());
    }

    /** Work that reads files. */
    @FunctionalInterface
    interface Reading<R> {
        R read() throws IOException;
    }

    /** What is wrong with a request's files is the caller's to mend. */
    static <R> R checked(Reading<R> reading) {
        try {
            return reading.read();
        } catch (CheckpointException | EngineException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(Failures.describe(e), e);
        }
    }
}
