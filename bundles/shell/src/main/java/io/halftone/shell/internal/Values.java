package io.halftone.shell.internal;

import io.halftone.api.BuildResult;
import io.halftone.api.CompareResult;
import io.halftone.api.ExportResult;
import io.halftone.api.GenerateResult;
import io.halftone.api.Latency;
import io.halftone.api.ModelInfo;
import io.halftone.api.PlanResult;
import io.halftone.api.PlanResult.Kind;
import io.halftone.api.PluginInfo;
import io.halftone.api.QuantizeResult;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Results as programs read them. Files are absolute paths, sizes bytes, times seconds where the name does not say milliseconds. */
final class Values {
    private Values() {}

    static Map<String, Object> of(QuantizeResult result) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("checkpoint", orNull(result.checkpoint()));
        values.put("bytes", result.bytes());
        values.put("samples", result.samples());
        values.put("steps", result.steps());
        values.put("seconds", result.seconds());
        values.put("plan", of(result.plan(), false));
        values.put("export", result.exports().isEmpty() ? null : of(result.exports().get(0)));
        return values;
    }

    static Map<String, Object> of(ExportResult result) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("model", result.model());
        values.put("files", result.files());
        values.put("quantizedLayers", result.quantizedLayers());
        values.put("nodes", result.nodes());
        values.put("bytes", result.bytes());
        values.put("seconds", result.seconds());
        return values;
    }

    static Map<String, Object> of(BuildResult result) {
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

    static Map<String, Object> of(GenerateResult result) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("images", result.images());
        values.put("dump", orNull(result.dump()));
        values.put("latency", of(result.latency()));
        values.put("seconds", result.seconds());
        return values;
    }

    static Map<String, Object> of(CompareResult result) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("psnr", result.psnr());
        values.put("ssim", result.ssim());
        values.put("pictures", result.pictures().stream().map(Values::of).toList());
        values.put("reference", of(result.reference()));
        values.put("candidate", of(result.candidate()));
        values.put("seconds", result.seconds());
        return values;
    }

    private static Map<String, Object> of(CompareResult.Pair pair) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("prompt", pair.prompt());
        values.put("reference", pair.referenceImage());
        values.put("candidate", pair.candidateImage());
        values.put("sideBySide", pair.sideBySide());
        values.put("psnr", pair.psnr());
        values.put("ssim", pair.ssim());
        return values;
    }

    private static Map<String, Object> of(Latency latency) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("backbone", latency.backbone());
        values.put("runs", latency.runs());
        values.put("medianMillis", latency.medianMillis());
        values.put("p95Millis", latency.p95Millis());
        values.put("shapes", latency.shapes());
        values.put("note", orNull(latency.note()));
        return values;
    }

    /** The numbers of quantized layers by kind come first; with the layers' names where they are asked for. */
    static Map<String, Object> of(PlanResult result, boolean layers) {
        Map<String, Object> values = new LinkedHashMap<>();
        Map<String, Object> totals = new LinkedHashMap<>();
        for (Kind kind : Kind.values()) {
            values.put(name(kind), result.quantized(kind));
            totals.put(name(kind), result.total(kind));
        }
        values.put("total", totals);
        values.put("architecture", result.architecture());
        values.put("format", result.format());
        values.put("level", new BigDecimal(result.level().name()));
        values.put("policy", result.policy());
        if (layers) {
            values.put("layers", result.layers().stream().map(Values::of).toList());
        }
        return values;
    }

    private static Map<String, Object> of(PlanResult.PlannedLayer layer) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", layer.name());
        values.put("kind", name(layer.kind()));
        values.put("role", name(layer.role()));
        values.put("shape", layer.shape());
        values.put("quantized", layer.quantized());
        return values;
    }

    static Map<String, Object> ofModels(List<ModelInfo> models) {
        return Map.of("models", models.stream().map(Values::of).toList());
    }

    private static Map<String, Object> of(ModelInfo model) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("name", model.name());
        values.put("path", model.path());
        values.put("pipeline", model.pipeline());
        values.put("backbone", model.backbone());
        values.put("supported", model.supported());
        return values;
    }

    static Map<String, Object> ofPlugins(List<PluginInfo> plugins) {
        return Map.of("plugins", plugins.stream().map(Values::of).toList());
    }

    private static Map<String, Object> of(PluginInfo plugin) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("kind", plugin.kind());
        values.put("names", plugin.names());
        values.put("bundle", orNull(plugin.bundle()));
        values.put("version", orNull(plugin.version()));
        return values;
    }

    static Map<String, Object> of(QuickstartCommand.Chain chain) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("model", chain.model());
        values.put("format", chain.settings().format());
        values.put("level", new BigDecimal(chain.settings().level().name()));
        values.put("quantize", of(chain.quantized()));
        values.put("build", of(chain.built()));
        values.put("compare", of(chain.compared()));
        values.put("seconds", chain.seconds());
        return values;
    }

    /** A constant as it is written for users: in lower case, with hyphens. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
