package io.halftone.shell.internal;

import io.halftone.api.InspectResult;
import io.halftone.export.ModelReport;
import io.halftone.export.ModelReport.Port;
import io.halftone.model.ModelSignature.Extent;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What a model file holds. */
final class InspectReport {
    /** Metadata is for programs; people see the beginning of it. */
    private static final int SHOWN = 80;
    private static final int SHOWN_PROBLEMS = 20;

    private InspectReport() {}

    static Report of(InspectResult result) {
        return new Report(values(result), out -> print(result, out));
    }

    private static void print(InspectResult result, PrintStream out) {
        ModelReport model = result.model();
        Facts.line(out, "file", model.file() + " (" + Facts.megabytes(model.bytes()) + ")");
        Facts.line(out, "format", "IR " + model.irVersion() + ", " + model.opsets().entrySet().stream()
            .map(e -> (e.getKey().isEmpty() ? "opset" : e.getKey()) + " " + e.getValue()).collect(Collectors.joining(", ")));
        Facts.line(out, "producer", model.producer().isEmpty() ? "not said" : model.producer());
        model.inputs().forEach(input -> Facts.line(out, "input", port(input)));
        model.outputs().forEach(output -> Facts.line(out, "output", port(output)));
        ModelReport.Weights weights = model.weights();
        Facts.line(out, "weights", weights.tensors() + " tensors, " + weights.elements() + " elements, " + Facts.megabytes(weights.inlineBytes())
            + " in the file, " + Facts.megabytes(weights.externalBytes()) + " beside it");
        weights.bytesByType().forEach((type, bytes) -> Facts.line(out, "", type + " " + Facts.megabytes(bytes)));
        weights.files().forEach(file -> Facts.line(out, "data", file.name() + ": " + file.tensors() + " tensors, "
            + (file.found() < 0 ? "missing" : Facts.megabytes(file.found()))));
        Facts.line(out, "quantized", "weights " + counts(model.rounding().weights()) + "; Q/DQ pairs " + counts(model.rounding().pairs()));
        printFacts(result, out);
        Facts.line(out, "operators", model.operators().values().stream().mapToInt(Integer::intValue).sum() + " nodes");
        var table = Facts.table(List.of("operator", "nodes")).emptyTableText("no operators");
        model.operators().forEach((operator, count) -> table.addRow().addContent(operator, count));
        table.print(out);
        result.problems().stream().limit(SHOWN_PROBLEMS).forEach(problem -> Facts.line(out, "problem", problem));
        if (result.problems().size() > SHOWN_PROBLEMS) {
            Facts.line(out, "", result.problems().size() - SHOWN_PROBLEMS + " more, which --json prints");
        }
    }

    private static void printFacts(InspectResult result, PrintStream out) {
        if (!result.recipe().isEmpty()) {
            Facts.line(out, "recipe", result.recipe() + " of a " + result.architecture());
        }
        result.extents().forEach((name, extent) -> Facts.line(out, "extent", name + " " + extent.least() + " to " + extent.greatest() + ", usually "
            + extent.usual()));
        if (!Double.isNaN(result.multiplyAdds())) {
            Facts.line(out, "multiply-adds", String.format(Locale.ROOT, "%.3g at the usual extents", result.multiplyAdds()));
        }
        result.options().forEach((name, value) -> Facts.line(out, "option", name + " " + value));
        result.model().metadata().forEach((name, value) -> {
            String line = value.lines().findFirst().orElse("");
            Facts.line(out, "metadata", name + " " + (line.length() > SHOWN ? line.substring(0, SHOWN) + " ..." : line));
        });
    }

    private static String port(Port port) {
        return port.name() + " " + port.type() + " " + port.dims();
    }

    private static String counts(Map<String, Integer> counts) {
        return counts.isEmpty() ? "none" : counts.entrySet().stream().map(e -> e.getValue() + " " + e.getKey()).collect(Collectors.joining(", "));
    }

    private static Map<String, Object> values(InspectResult result) {
        ModelReport model = result.model();
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("file", model.file());
        values.put("bytes", model.bytes());
        values.put("irVersion", model.irVersion());
        values.put("opsets", model.opsets());
        values.put("producer", Facts.orNull(model.producer()));
        values.put("inputs", model.inputs().stream().map(InspectReport::values).toList());
        values.put("outputs", model.outputs().stream().map(InspectReport::values).toList());
        values.put("operators", model.operators());
        values.put("pairs", model.rounding().pairs());
        values.put("quantizedWeights", model.rounding().weights());
        values.put("weights", values(model.weights()));
        values.put("recipe", Facts.orNull(result.recipe()));
        values.put("architecture", Facts.orNull(result.architecture()));
        values.put("extents", extents(result.extents()));
        values.put("multiplyAdds", result.multiplyAdds());
        values.put("options", result.options());
        values.put("metadata", model.metadata());
        values.put("problems", result.problems());
        return values;
    }

    private static Map<String, Object> values(Port port) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", port.name());
        values.put("type", port.type());
        values.put("dims", port.dims());
        return values;
    }

    private static Map<String, Object> values(ModelReport.Weights weights) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("tensors", weights.tensors());
        values.put("elements", weights.elements());
        values.put("bytesByType", weights.bytesByType());
        values.put("inlineBytes", weights.inlineBytes());
        values.put("externalBytes", weights.externalBytes());
        List<Map<String, Object>> files = new ArrayList<>();
        for (ModelReport.DataFile file : weights.files()) {
            Map<String, Object> its = new LinkedHashMap<>();
            its.put("name", file.name());
            its.put("needed", file.needed());
            its.put("found", file.found() < 0 ? null : file.found());
            its.put("tensors", file.tensors());
            files.add(its);
        }
        values.put("files", files);
        return values;
    }

    private static Map<String, Object> extents(Map<String, Extent> extents) {
        Map<String, Object> values = new LinkedHashMap<>();
        extents.forEach((name, extent) -> values.put(name, List.of(extent.least(), extent.usual(), extent.greatest())));
        return values;
    }
}
