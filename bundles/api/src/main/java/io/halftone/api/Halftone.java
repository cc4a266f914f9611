package io.halftone.api;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.ops.DType;
import io.halftone.pipeline.Advice;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Quantizes diffusion models and deploys them. Long work is a {@link Job}: requests are checked when they are made, so that a
 * caller's mistake is an {@link IllegalArgumentException} here and not a failed job. A job takes its plugins when it
 * starts and keeps them. Safe for use by several threads; jobs run side by side.
 */
@ProviderType
public interface Halftone {
    /** Calibrates a pipeline's backbone, writes the quantized checkpoint, and the export where one is asked for. */
    Job<QuantizeResult> quantize(QuantizeRequest request, ProgressListener listener);

    /** Exports a backbone: a restored checkpoint, or the pipeline's own in full precision. */
    Job<ExportResult> export(ExportRequest request, ProgressListener listener);

    /** Builds an engine from an exported model. */
    Job<BuildResult> build(BuildRequest request, ProgressListener listener);

    /**
     * The command line of the engine's own tool that builds what {@link #build} would, for those who build where this program is not.
     *
     * @param version the first number of the tool's version; 0 for that of the library here, or the usual one where there is none
     */
    String buildCommand(BuildRequest request, int version);

    /**
     * What a pipeline should compute in whose backbone is made for an engine, where the user says nothing: what the checkpoint was
     * calibrated in, or else what suits the engine and the weights. An engine that runs every type as fast gets FLOAT32.
     *
     * @throws IllegalArgumentException if there is no such pipeline, checkpoint or engine
     */
    DType computeType(PipelineSource source, BackboneChoice.Built backbone);

    /** Makes pictures. */
    Job<GenerateResult> generate(GenerateRequest request, ProgressListener listener);

    /** Makes the same pictures with two backbones, and compares them. */
    Job<CompareResult> compare(CompareRequest request, ProgressListener listener);

    /**
     * Makes the same pictures with several variants of a backbone, measures how far each is from full precision, and writes a report.
     * Takes up what an evaluation of the same pictures left in the folder. Fails with a {@link QualityException} behind its
     * {@link JobException}, all outputs written, if the request's gate is not passed.
     */
    Job<EvaluateResult> evaluate(EvaluateRequest request, ProgressListener listener);

    /** Times a pipeline, whole and in parts, with several backbones in turn. */
    Job<BenchmarkResult> benchmark(BenchmarkRequest request, ProgressListener listener);

    /** Searches for a mixed-precision recipe. */
    Job<SearchResult> search(SearchRequest request, ProgressListener listener);

    /** Writes a pipeline of a preset's shapes with random weights. */
    Job<SynthesizeResult> synthesize(SynthesizeRequest request, ProgressListener listener);

    /** Writes a pipeline with LoRAs fused into its weights, or taken out again. */
    Job<FuseLoraResult> fuseLora(FuseLoraRequest request, ProgressListener listener);

    /** The LoRAs of a pipeline folder, fused and not. */
    LoraReport checkLora(PipelineSource source);

    /**
     * The jobs that run, and the last of those that ended, in the order in which they were started. How many of the ended ones are
     * kept is configured.
     */
    List<JobInfo> jobs();

    /**
     * Asks a job to stop, whoever started it, as {@link Job#cancel} does. One that has ended stays as it is.
     *
     * @return the job as it is now
     * @throws IllegalArgumentException if no job of that id is known
     */
    JobInfo cancel(String id);

    /**
     * The last picture of the latents of a job that runs, and a wish for the next: the job makes one at its next step, some four a second
     * at most, and none that nobody wished for. Its outputs are the same with and without. Empty where it has made none, or has no latents,
     * or ended, or is not known.
     */
    Optional<Preview> preview(String id);

    /** Calls a listener for every job, those that run now first, until the registration is closed. */
    JobListener.Registration listen(JobListener listener);

    /** The plugins that count where nobody says anything. */
    Defaults defaults();

    /** What settings quantize; needs no weights and no native library. */
    PlanResult plan(PlanRequest request);

    /**
     * What to calibrate with where the user says nothing.
     *
     * @param model  name of a preset; anything else gives what suits the format
     * @param format name of the number format
     */
    Advice advice(String model, String format);

    /**
     * Least, usual and greatest extent of the named dimensions of a published model in an engine.
     *
     * @throws IllegalArgumentException if there is no preset of that name
     */
    Map<String, Extent> extents(String preset);

    /** How a layer of a quantized checkpoint came to be as it is; every layer where the name is empty. */
    List<Explanation> explain(String checkpoint, String layer);

    /**
     * What an exported model holds, of whatever producer: inputs, operators, what is quantized, where its weights are, and what is wrong
     * with it. Reads no weights and needs no native library.
     *
     * @param path the model file, or a folder with one
     * @throws IllegalArgumentException if there is none, it is no model, or nothing can read its kind
     */
    InspectResult inspect(String path);

    /** Joins files of statistics of the same calibration over different batches into one file. */
    StatisticsInfo mergeStatistics(List<String> files, String target);

    /**
     * Checks that files are what their provenance says, which jobs leave beside what they make.
     *
     * @throws IllegalArgumentException if there is no provenance, or it or the key cannot be read
     */
    Verification verify(VerifyRequest request);

    /**
     * Signs the provenance of an artifact, or of all in a folder.
     *
     * @param privateKey file of an Ed25519 key in PEM (PKCS 8)
     * @return the files of the signatures: DSSE envelopes of in-toto statements
     */
    List<String> sign(String artifact, String privateKey);

    /**
     * The exports and engines that are kept, those that were used last first.
     *
     * @param cache the folder that has them; empty for the configured one
     * @throws IllegalArgumentException if it cannot be read
     */
    List<CachedEngine> cachedEngines(String cache);

    /**
     * Removes the exports and engines that are kept, except those that somebody builds or runs.
     *
     * @return what is gone
     * @throws IllegalArgumentException if it cannot be removed
     */
    List<CachedEngine> clearEngines(String cache);

    /** Names of the presets that are there now. */
    List<String> presets();

    /** The pipelines that are found in the configured model folders. */
    List<ModelInfo> models();

    /** The plugins that are there now. */
    List<PluginInfo> plugins();

    /** The plugins that are installed and cannot be had here, and the kinds of which there is none, each with the reason. */
    List<Absence> absentPlugins();

    /**
     * What the machine has, and what keeps it from what is asked: libraries, devices, memory, settings. Builds
     * and computes nothing, and takes a second or two.
     */
    Diagnosis doctor(DoctorRequest request);
}
