package io.halftone.api;

import java.util.List;

/**
 * What quantizing gave.
 *
 * @param checkpoint the file written; empty if none
 * @param plan       what was quantized
 * @param samples    prompts that were observed
 * @param steps      denoising steps of each
 * @param seconds    time taken
 * @param bytes      size of the checkpoint
 * @param exports    the export, if one was asked for: at most one
 */
public record QuantizeResult(String checkpoint, PlanResult plan, int samples, int steps, double seconds, long bytes, List<ExportResult> exports) {
    public QuantizeResult {
        exports = List.copyOf(exports);
    }
}
