package io.halftone.shell.internal;

import io.halftone.api.BuildResult;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;

/** What engine was built. */
final class BuildReport {
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
            Facts.line(out, "layers", integer + " of " + (integer + floating) + " quantized layers in integer kernels");
        }
        if (floating > 0) {
            Facts.line(out, "note", "quantized layers computed in float between their Q/DQ pairs: " + floating);
        }
    }
}
