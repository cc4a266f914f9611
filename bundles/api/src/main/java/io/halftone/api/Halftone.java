package io.halftone.api;

import java.util.List;
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

    /** Makes pictures. */
    Job<GenerateResult> generate(GenerateRequest request, ProgressListener listener);

    /** Makes the same pictures with two backbones, and compares them. */
    Job<CompareResult> compare(CompareRequest request, ProgressListener listener);

    /** What a level quantizes; needs no weights and no native library. */
    PlanResult plan(PlanRequest request);

    /** The pipelines that are found in the configured model folders. */
    List<ModelInfo> models();

    /** The plugins that are there now. */
    List<PluginInfo> plugins();
}
