package io.halftone.api;

import java.util.Map;

/**
 * Calibrate, quantize, write the checkpoint, and export where a folder is given.
 *
 * @param source        the pipeline
 * @param settings      what to quantize, and how
 * @param calibration   the runs to observe
 * @param checkpoint    file to write; empty to write none, where there is an export
 * @param onnxDirectory folder to export to; empty to export nothing
 * @param exportOptions options of the exporter by name
 */
public record QuantizeRequest(PipelineSource source, QuantSettings settings, CalibrationSettings calibration, String checkpoint,
                              String onnxDirectory, Map<String, String> exportOptions) {
    public QuantizeRequest {
        exportOptions = Map.copyOf(exportOptions);
        if (onnxDirectory.isEmpty() && !exportOptions.isEmpty()) {
            throw new IllegalArgumentException("export options: found " + exportOptions.keySet() + " without a folder to export to; expected onnx-dir too");
        }
        if (checkpoint.isEmpty() && onnxDirectory.isEmpty()) {
            throw new IllegalArgumentException("output: found neither a checkpoint path nor an ONNX folder; expected at least one");
        }
    }
}
