package io.halftone.api;

import java.util.List;

/**
 * What quantizing gave.
 *
 * @param checkpoint the file written; empty if none
 * @param files      all files of the checkpoint
 * @param plan       what was quantized
 * @param digest     SHA-256 of everything that says what was computed, hexadecimal
 * @param samples    prompts that were observed
 * @param steps      denoising steps of each
 * @param batches    batches that this job ran; fewer than there are where statistics of an earlier run were taken up
 * @param trials     the calibrations that were judged, the one that was kept first; empty where there was only one
 * @param seconds    time taken
 * @param bytes      size of the checkpoint
 * @param exports    the export, if one was asked for: at most one
 * @param statistics the file of statistics; empty if none was asked for
 * @param notes      what the user must know, such as an option that had no effect, a line each
 */
public record QuantizeResult(String checkpoint, List<String> files, PlanResult plan, String digest, int samples, int steps, int batches,
                             List<Trial> trials, double seconds, long bytes, List<ExportResult> exports, String statistics, List<String> notes) {
    /**
     * A calibration, judged on prompts that were not calibrated with.
     *
     * @param seed its seed
     * @param psnr mean of the pictures against full precision, in dB
     * @param ssim mean of the pictures against full precision
     */
    public record Trial(long seed, double psnr, double ssim) {}

    public QuantizeResult {
        files = List.copyOf(files);
        trials = List.copyOf(trials);
        exports = List.copyOf(exports);
        notes = List.copyOf(notes);
    }
}
