package io.halftone.shell.internal;

import io.halftone.api.Absence;
import io.halftone.api.ModelInfo;
import io.halftone.api.PluginInfo;
import io.halftone.pipeline.Advice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What is there: pipelines, presets, plugins. */
final class Inventories {
    private Inventories() {}

    static Report ofModels(List<ModelInfo> models) {
        return new Report(Map.of("models", models.stream().map(Inventories::values).toList()), out -> {
            var table = Facts.table(List.of("name", "pipeline", "backbone", "supported",
                "path")).emptyTableText("no pipelines in the model folders");
            for (ModelInfo model : models) {
                table.addRow().addContent(model.name(), model.pipeline(), model.backbone(), Facts.yesOrNo(model.supported()), model.path());
            }
            table.print(out);
        });
    }

    private static Map<String, Object> values(ModelInfo model) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", model.name());
        values.put("path", model.path());
        values.put("pipeline", model.pipeline());
        values.put("backbone", model.backbone());
        values.put("supported", model.supported());
        return values;
    }

    /** Presets with their advice for a format, and the folder of each in the model folders. */
    static Report ofPresets(String format, Map<String, Advice> presets, List<ModelInfo> models) {
        Map<String, String> folders = models.stream().collect(Collectors.toMap(ModelInfo::name, ModelInfo::path, (first, second) -> first));
        List<Map<String, Object>> values = presets.entrySet().stream()
            .map(e -> values(e.getKey(), format, e.getValue(), folders.getOrDefault(e.getKey(), ""))).toList();
        return new Report(Map.of("presets", values), out -> {
            var table = Facts.table(List.of("preset", "format", "algorithm", "options", "collector", "percentile", "calib-size",
                "batch-size", "n-steps",
                "path")).emptyTableText("no presets");
            presets.forEach((name, a) -> table.addRow().addContent(name, format, a.algorithm(), options(a), a.collector(), a.percentile(),
                a.calibSize(), a.batchSize(), a.steps(), folders.getOrDefault(name, "")));
            table.print(out);
        });
    }

    private static Map<String, Object> values(String name, String format, Advice advice, String folder) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", name);
        values.put("path", Facts.orNull(folder));
        values.put("format", format);
        values.put("algorithm", advice.algorithm());
        values.put("options", advice.options());
        values.put("collector", advice.collector());
        values.put("percentile", advice.percentile());
        values.put("calibSize", advice.calibSize());
        values.put("batchSize", advice.batchSize());
        values.put("steps", advice.steps());
        return values;
    }

    private static String options(Advice advice) {
        return advice.options().entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(", "));
    }

    /** Plugins that are there, and those that cannot be had with the reason. */
    static Report ofPlugins(List<PluginInfo> plugins, List<Absence> absences) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("plugins", plugins.stream().map(Inventories::values).toList());
        values.put("absent", absences.stream().map(Inventories::values).toList());
        return new Report(values, out -> {
            var table = Facts.table(List.of("kind", "names", "bundle", "version")).emptyTableText("no plugins");
            for (PluginInfo plugin : plugins) {
                table.addRow().addContent(plugin.kind(), String.join(", ", plugin.names()), plugin.bundle(), plugin.version());
            }
            table.print(out);
            absences.forEach(absence -> Facts.line(out, "not there", absence.kind() + " " + absence.name() + ": " + absence.reason()));
        });
    }

    private static Map<String, Object> values(Absence absence) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("kind", absence.kind());
        values.put("name", absence.name());
        values.put("reason", absence.reason());
        return values;
    }

    private static Map<String, Object> values(PluginInfo plugin) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("kind", plugin.kind());
        values.put("names", plugin.names());
        values.put("bundle", Facts.orNull(plugin.bundle()));
        values.put("version", Facts.orNull(plugin.version()));
        return values;
    }
}
