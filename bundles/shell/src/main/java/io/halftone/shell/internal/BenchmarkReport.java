package io.halftone.shell.internal;

import io.halftone.api.BenchmarkResult;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** How long the parts of a pipeline took with each backbone, and on what. */
final class BenchmarkReport {
    private BenchmarkReport() {}

    static Report of(BenchmarkResult result) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("variants", result.variants().stream().map(BenchmarkReport::values).toList());
        values.put("shapes", result.shapes());
        values.put("settings", result.settings());
        values.put("machine", result.machine());
        values.put("seconds", result.seconds());
        return new Report(values, out -> print(result, out));
    }

    private static Map<String, Object> values(BenchmarkResult.Variant variant) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", variant.name());
        values.put("backbone", variant.backbone());
        values.put("note", Facts.orNull(variant.note()));
        values.put("parts", variant.parts().stream().map(BenchmarkReport::values).toList());
        return values;
    }

    private static Map<String, Object> values(BenchmarkResult.Part part) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", part.name());
        values.put("samples", part.samples());
        values.put("medianMillis", part.medianMillis());
        values.put("p95Millis", part.p95Millis());
        return values;
    }

    private static void print(BenchmarkResult result, PrintStream out) {
        List<String> columns = new ArrayList<>(List.of("median (p95), ms"));
        result.variants().forEach(variant -> columns.add(variant.name()));
        var table = Facts.table(columns);
        for (BenchmarkResult.Part part : result.variants().get(0).parts()) {
            List<Object> row = new ArrayList<>(List.of(part.name()));
            result.variants().forEach(variant -> row.add(cell(variant.part(part.name()))));
            table.addRow().addContent(row.toArray());
        }
        table.print(out);
        out.println();
        for (BenchmarkResult.Variant variant : result.variants()) {
            Facts.line(out, "variant", variant.name() + ": " + variant.backbone());
            if (!variant.note().isEmpty()) {
                Facts.line(out, "note", variant.name() + ": " + variant.note());
            }
        }
        Facts.line(out, "shapes", joined(result.shapes(), ", "));
        Facts.line(out, "settings", joined(result.settings(), ", "));
        Facts.line(out, "machine", joined(result.machine(), "; "));
        Facts.line(out, "time", Facts.seconds(result.seconds()));
    }

    private static String cell(BenchmarkResult.Part part) {
        return String.format(Locale.ROOT, "%.2f (%.2f)", part.medianMillis(), part.p95Millis());
    }

    private static String joined(Map<String, String> values, String between) {
        return values.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(between));
    }
}
