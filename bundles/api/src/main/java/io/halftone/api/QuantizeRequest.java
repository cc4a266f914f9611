package io.halftone.api;

import java.util.Map;

/**
 * Calibrate, quantize, write the checkpoint, and export where a folder is given.
 *
 * @param source        the pipeline
 * @param settings      what to quantize, and how
 * @param calibration   the runs to observe
 * @param work          how they are carried out
 * @param trials        calibrations with seeds of their own, each judged on prompts that are not calibrated with; the best is kept
 * @param checkpoint    the checkpoint to write
 * @param onnxDirectory folder to export to; empty to export nothing
 * @param exportOptions options of the exporter by name
 * @param gate          what pictures of the quantized model must reach: of four prompts behind those that are calibrated with, by fake quantization
 */
public record QuantizeRequest(PipelineSource source, QuantSettings settings, CalibrationSettings calibration, CalibrationWork work, int trials,
                              CheckpointTarget checkpoint, String onnxDirectory, Map<String, String> exportOptions, QualityGate gate) {
    public QuantizeRequest {
        exportOptions = Map.copyOf(exportOptions);
        Checks.atLeast("trials", trials, 1);
        if (onnxDirectory.isEmpty() && !exportOptions.isEmpty()) {
            throw new IllegalArgumentException("export options: found " + exportOptions.keySet() + " without a folder to export to; expected onnx-dir too");
        }
        boolean nothing = checkpoint.isNone() && onnxDirectory.isEmpty();
        if (nothing && work.statisticsOut().isEmpty()) {
            throw new IllegalArgumentException("output: found no checkpoint, hub folder, ONNX folder or file of statistics to write; expected at least one");
        }
        if (work.slices() > 1 && !nothing) {
            throw new IllegalArgumentException("slice: found a checkpoint or an ONNX folder to write from a part of the batches; expected stats-out"
                + " alone, and a last run over the merged statistics");
        }
        if (nothing && !gate.isOpen()) {
            throw new IllegalArgumentException("quality: found a gate where nothing but statistics is written; expected a checkpoint or an ONNX "
                + "folder too");
        }
        if (gate.isOpen() && !gate.lpips().isEmpty()) {
            throw new IllegalArgumentException("lpips-weights: found them without a gate; expected max-lpips, min-psnr or min-ssim too");
        }
        if (trials > 1 && (!work.statisticsOut().isEmpty() || !work.statisticsIn().isEmpty())) {
            throw new IllegalArgumentException("trials: found " + trials + " with files of statistics; expected them with a single calibration");
        }
    }

    /** Whatever its pictures are. */
    public QuantizeRequest(PipelineSource source, QuantSettings settings, CalibrationSettings calibration, CalibrationWork work, int trials,
                           CheckpointTarget checkpoint, String onnxDirectory, Map<String, String> exportOptions) {
        this(source, settings, calibration, work, trials, checkpoint, onnxDirectory, exportOptions, QualityGate.none());
    }

    /** One calibration to a compact checkpoint and, where the folder is not empty, an export. */
    public static QuantizeRequest of(PipelineSource source, QuantSettings settings, CalibrationSettings calibration, String checkpoint,
                                     String onnxDirectory) {
        return new QuantizeRequest(source, settings, calibration, CalibrationWork.whole(), 1, CheckpointTarget.compact(checkpoint), onnxDirectory,
            Map.of());
    }
}
