package io.halftone.shell.internal;

import io.halftone.api.ExportResult;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;

/** What was exported. */
final class ExportReport {
    private ExportReport() {}

    static Report of(ExportResult result) {
        return new Report(values(result), out -> {
            print(result, out);
            Facts.line(out, "time", Facts.seconds(result.seconds()));
        });
    }

    static Map<String, Object> values(ExportResult result) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("model", result.model());
        values.put("files", result.files());
        values.put("quantizedLayers", result.quantizedLayers());
        values.put("nodes", result.nodes());
        values.put("bytes", result.bytes());
        values.put("seconds", result.seconds());
        values.put("note", result.note().isEmpty() ? null : result.note());
        return values;
    }

    static void print(ExportResult result, PrintStream out) {
        for (String file : result.files()) {
            Facts.line(out, file.equals(result.model()) ? "model" : "", file);
        }
        Facts.line(out, "graph", result.nodes() + " operators, " + result.quantizedLayers() + " quantized layers read back, "
            + Facts.megabytes(result.bytes()));
        if (!result.note().isEmpty()) {
            Facts.line(out, "note", result.note());
        }
    }
}
