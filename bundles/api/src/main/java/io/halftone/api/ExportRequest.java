package io.halftone.api;

import java.util.Map;

/**
 * Export a backbone.
 *
 * @param source      the pipeline
 * @param restoreFrom a quantized checkpoint; empty for full precision
 * @param directory   folder to write to
 * @param exporter    name of the exporter
 * @param options     its options by name; those it does not honour are refused
 */
public record ExportRequest(PipelineSource source, String restoreFrom, String directory, String exporter, Map<String, String> options) {
    public ExportRequest {
        options = Map.copyOf(options);
    }
}
