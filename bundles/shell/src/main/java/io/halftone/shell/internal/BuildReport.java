package io.halftone.shell.internal;

import io.halftone.api.BuildResult;
import io.halftone.export.LayerReport;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What engine was built. */
final class BuildReport {
    /** What TensorRT calls layers that convert. */
    private static final String REFORMAT = "Reformat";
    private static final int LISTED = 8;

    private BuildReport() {}

    static Report of(BuildResult result) {
        return new Report(values(result), out -> {
            print(result, out);
            Facts.line(out, "time", Facts.seconds(result.seconds()));
        });
    }

    static Map<String, Object> values(BuildResult result) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("engine", result.report().file().toString());
        values.put("files", result.report().files().stream().map(Object::toString).toList());
        values.put("runtime", result.report().runtime());
        values.put("device", result.report().device());
        values.put("integerLayers", result.report().integerLayers());
        values.put("floatLayers", result.report().floatLayers());
        values.put("operators", result.report().operators());
        values.put("lowShare", Double.isNaN(result.report().lowShare()) ? null : result.report().lowShare());
        values.put("layers", result.report().layers().stream().map(BuildReport::values).toList());
        values.put("bytes", result.bytes());
        values.put("seconds", result.seconds());
        return values;
    }

    static void print(BuildResult result, PrintStream out) {
        var report = result.report();
        Facts.line(out, "engine", report.file() + " (" + Facts.megabytes(result.bytes()) + ")");
        report.files().stream().skip(1).filter(Files::exists).forEach(file -> Facts.line(out, "", file.toString()));
        Facts.line(out, "runtime", report.runtime() + ", " + report.device());
        int integer = report.integerLayers().size();
        int floating = report.floatLayers().size();
        if (integer + floating > 0) {
            Facts.line(out, "layers", integer + " of " + (integer + floating) + " quantized layers in 8-bit kernels");
        }
        if (!Double.isNaN(report.lowShare())) {
            Facts.line(out, "8 bits", "share of multiply-adds in 8 bits: " + Facts.percent(report.lowShare()));
        }
        List<LayerReport> attentions = report.attentions();
        if (!attentions.isEmpty()) {
            long fused = attentions.stream().filter(layer -> layer.kernels().size() == 1).count();
            Facts.line(out, "attention", fused + " of " + attentions.size() + " in one kernel, in " + String.join(", ",
                new TreeSet<>(attentions.stream().map(LayerReport::precision).filter(type -> !type.isEmpty()).toList())));
        }
        if (report.operators().containsKey(REFORMAT)) {
            Facts.line(out, "reformats", report.operators().get(REFORMAT) + " engine layers only convert types or layouts");
        }
        if (floating > 0) {
            Facts.line(out, "note", "quantized layers computed in wider types between their Q/DQ pairs: " + floating);
        }
        List<LayerReport> told = report.layers().stream().filter(layer -> !layer.reason().isEmpty()).toList();
        told.stream().limit(LISTED).forEach(layer -> Facts.line(out, "", layer.name() + ": " + layer.reason()));
        if (told.size() > LISTED) {
            Facts.line(out, "", "and " + (told.size() - LISTED) + " more; --json has all");
        }
    }

    private static Map<String, Object> values(LayerReport layer) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", layer.name());
        values.put("operator", layer.operator());
        values.put("precision", Facts.orNull(layer.precision()));
        values.put("kernels", layer.kernels());
        values.put("fused", layer.fused());
        values.put("reason", Facts.orNull(layer.reason()));
        return values;
    }
}
