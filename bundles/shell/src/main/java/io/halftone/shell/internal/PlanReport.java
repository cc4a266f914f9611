package io.halftone.shell.internal;

import io.halftone.api.PlanResult;
import io.halftone.api.PlanResult.Kind;
import io.halftone.api.PlanResult.PlannedLayer;
import io.halftone.api.QuantSettings;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What settings quantize. */
final class PlanReport {
    private PlanReport() {}

    static Report of(PlanResult result, boolean layers) {
        return new Report(values(result, layers), out -> print(result, layers, out));
    }

    /** The numbers of quantized layers by kind come first; with the layers where they are asked for. */
    static Map<String, Object> values(PlanResult result, boolean layers) {
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, Object> totals = new LinkedHashMap<>();
        for (Kind kind : Kind.values()) {
            values.put(Facts.name(kind), result.quantized(kind));
            totals.put(Facts.name(kind), result.total(kind));
        }
        values.put("total", totals);
        values.put("share", result.share());
        values.put("architecture", result.architecture());
        values.put("format", result.format());
        values.put("level", new BigDecimal(result.level().name()));
        values.put("policy", result.policy());
        values.put("formats", counts(result, PlannedLayer::format));
        values.put("algorithms", counts(result, PlannedLayer::algorithm));
        values.put("collectors", counts(result, PlannedLayer::collector));
        if (layers) {
            values.put("layers", result.layers().stream().map(PlanReport::values).toList());
        }
        return values;
    }

    private static Map<String, Object> values(PlannedLayer layer) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", layer.name());
        values.put("kind", Facts.name(layer.kind()));
        values.put("role", Facts.name(layer.role()));
        values.put("shape", layer.shape());
        values.put("weights", layer.weights());
        values.put("quantized", layer.quantized());
        values.put("format", Facts.orNull(layer.format()));
        values.put("algorithm", Facts.orNull(layer.algorithm()));
        values.put("collector", Facts.orNull(layer.collector()));
        return values;
    }

    /** How many quantized layers of each kind there are, in a line. */
    static String counts(PlanResult plan) {
        return Arrays.stream(Kind.values()).map(kind -> plan.quantized(kind) + " of " + plan.total(kind) + " " + Facts.name(kind))
            .collect(Collectors.joining(", ")) + "; " + Facts.percent(plan.share()) + " of the weights";
    }

    private static Map<String, Integer> counts(PlanResult plan, Function<PlannedLayer, String> of) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        plan.layers().stream().filter(PlannedLayer::quantized).forEach(layer -> counts.merge(of.apply(layer), 1, Integer::sum));
        return counts;
    }

    private static void print(PlanResult result, boolean layers, PrintStream out) {
        String level = result.level().equals(QuantSettings.RULES_ALONE) ? "rules alone" : "level " + result.level() + ", policy "
            + result.policy();
        out.println(result.architecture() + ", " + result.format() + ", " + level);
        var table = Facts.table(List.of("kind"));
        table.column("quantized").alignRight();
        table.column("of").alignRight();
        for (Kind kind : Kind.values()) {
            table.addRow().addContent(Facts.name(kind), result.quantized(kind), result.total(kind));
        }
        table.print(out);
        Facts.line(out, "weights", Facts.percent(result.share()) + " quantized");
        // what is the same for all layers needs no word for each
        Map<String, Function<PlannedLayer, String>> mixed = new LinkedHashMap<>();
        mixed.put("format", PlannedLayer::format);
        mixed.put("algorithm", PlannedLayer::algorithm);
        mixed.put("collector", PlannedLayer::collector);
        mixed.values().removeIf(of -> counts(result, of).size() < 2);
        mixed.forEach((name, of) -> Facts.line(out, name + "s", counts(result, of).entrySet().stream()
            .map(e -> e.getValue() + " " + e.getKey()).collect(Collectors.joining(", "))));
        if (layers) {
            out.println();
            printLayers(result, mixed, out);
        }
    }

    private static void printLayers(PlanResult result, Map<String, Function<PlannedLayer, String>> mixed, PrintStream out) {
        List<String> columns = new ArrayList<>(List.of("layer", "kind", "role", "shape", "quantized"));
        columns.addAll(mixed.keySet());
        var table = Facts.table(columns);
        for (PlannedLayer layer : result.layers()) {
            List<Object> row = new ArrayList<>(List.of(layer.name(), Facts.name(layer.kind()), Facts.name(layer.role()), layer.shape(),
                Facts.yesOrNo(layer.quantized())));
            mixed.values().forEach(of -> row.add(of.apply(layer)));
            table.addRow().addContent(row);
        }
        table.print(out);
    }
}
