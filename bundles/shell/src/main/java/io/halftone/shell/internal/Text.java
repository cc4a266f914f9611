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
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.karaf.shell.support.table.ShellTable;

/** Results as people read them. */
final class Text {
    private Text() {}

    static void print(QuantizeResult result, PrintStream out) {
        fact(out, "quantized", counts(result.plan()));
        fact(out, "observed", result.samples() + " prompts, " + result.steps() + " steps each");
        if (!result.checkpoint().isEmpty()) {
            fact(out, "checkpoint", result.checkpoint() + " (" + megabytes(result.bytes()) + ")");
        }
        result.exports().forEach(export -> printFiles(export, out));
        fact(out, "time", seconds(result.seconds()));
    }

    static void print(ExportResult result, PrintStream out) {
        printFiles(result, out);
        fact(out, "time", seconds(result.seconds()));
    }

    private static void printFiles(ExportResult result, PrintStream out) {
        for (String file : result.files()) {
            fact(out, file.equals(result.model()) ? "model" : "", file);
        }
        fact(out, "graph", result.nodes() + " operators, " + result.quantizedLayers() + " quantized layers read back, "
            + megabytes(result.bytes()));
    }

    static void print(BuildResult result, PrintStream out) {
        printEngine(result, out);
        fact(out, "time", seconds(result.seconds()));
    }

    private static void printEngine(BuildResult result, PrintStream out) {
        var report = result.report();
        fact(out, "engine", report.file() + " (" + megabytes(result.bytes()) + ")");
        report.files().stream().skip(1).filter(Files::exists).forEach(file -> fact(out, "", file.toString()));
        fact(out, "runtime", report.runtime() + ", " + report.device());
        int integer = report.integerLayers().size();
        int floating = report.floatLayers().size();
        if (integer + floating > 0) {
            fact(out, "layers", integer + " of " + (integer + floating) + " quantized layers in integer kernels");
        }
        if (floating > 0) {
            fact(out, "note", "quantized layers computed in float between their Q/DQ pairs: " + floating);
        }
    }

    static void print(GenerateResult result, PrintStream out) {
        result.images().forEach(image -> fact(out, "picture", image));
        if (!result.dump().isEmpty()) {
            fact(out, "dump", result.dump());
        }
        fact(out, "time", seconds(result.seconds()));
        out.println();
        printLatencies(out, Map.of("backbone", result.latency()), List.of("backbone"));
    }

    static void print(CompareResult result, PrintStream out) {
        for (CompareResult.Pair pair : result.pictures()) {
            fact(out, "prompt", pair.prompt());
            fact(out, "reference", pair.referenceImage());
            fact(out, "candidate", pair.candidateImage());
            fact(out, "side by side", pair.sideBySide());
            fact(out, "PSNR, SSIM", similarity(pair.psnr(), pair.ssim()));
        }
        if (result.pictures().size() > 1) {
            fact(out, "mean", similarity(result.psnr(), result.ssim()));
        }
        out.println();
        printLatencies(out, Map.of("reference", result.reference(), "candidate", result.candidate()), List.of("reference", "candidate"));
    }

    private static void printLatencies(PrintStream out, Map<String, Latency> latencies, List<String> order) {
        var table = new ShellTable();
        for (String column : List.of("", "median ms", "p95 ms", "runs", "what ran")) {
            table.column(column);
        }
        for (String name : order) {
            Latency latency = latencies.get(name);
            table.addRow().addContent(name, millis(latency.medianMillis()), millis(latency.p95Millis()), latency.runs(),
                latency.backbone());
        }
        table.print(out);
        order.stream().map(name -> shapes(latencies.get(name))).distinct().forEach(shapes -> fact(out, "shapes", shapes));
        for (String name : order) {
            if (!latencies.get(name).note().isEmpty()) {
                fact(out, "note", name + ": " + latencies.get(name).note());
            }
        }
    }

    static void print(PlanResult result, boolean layers, PrintStream out) {
        out.println(result.architecture() + ", " + result.format() + ", level " + result.level() + ", policy " + result.policy());
        var table = new ShellTable();
        table.column("kind");
        table.column("quantized").alignRight();
        table.column("of").alignRight();
        for (Kind kind : Kind.values()) {
            table.addRow().addContent(Values.name(kind), result.quantized(kind), result.total(kind));
        }
        table.print(out);
        if (layers) {
            out.println();
            var names = new ShellTable();
            for (String column : List.of("layer", "kind", "role", "shape", "quantized")) {
                names.column(column);
            }
            for (PlanResult.PlannedLayer layer : result.layers()) {
                names.addRow().addContent(layer.name(), Values.name(layer.kind()), Values.name(layer.role()), layer.shape(),
                    yesOrNo(layer.quantized()));
            }
            names.print(out);
        }
    }

    static void printModels(List<ModelInfo> models, PrintStream out) {
        var table = new ShellTable().emptyTableText("no pipelines in the model folders");
        for (String column : List.of("name", "pipeline", "backbone", "supported", "path")) {
            table.column(column);
        }
        for (ModelInfo model : models) {
            table.addRow().addContent(model.name(), model.pipeline(), model.backbone(), yesOrNo(model.supported()), model.path());
        }
        table.print(out);
    }

    static void printPlugins(List<PluginInfo> plugins, PrintStream out) {
        var table = new ShellTable().emptyTableText("no plugins");
        for (String column : List.of("kind", "names", "bundle", "version")) {
            table.column(column);
        }
        for (PluginInfo plugin : plugins) {
            table.addRow().addContent(plugin.kind(), String.join(", ", plugin.names()), plugin.bundle(), plugin.version());
        }
        table.print(out);
    }

    static void print(QuickstartCommand.Chain chain, PrintStream out) {
        out.println(chain.model() + ": " + chain.settings().format() + ", level " + chain.settings().level() + ", "
            + chain.settings().algorithm()
            + ", in " + seconds(chain.seconds()));
        out.println();
        print(chain.compared(), out);
        out.println();
        fact(out, "quantized", counts(chain.quantized().plan()));
        fact(out, "observed", chain.quantized().samples() + " prompts, " + chain.quantized().steps() + " steps each");
        fact(out, "checkpoint", chain.quantized().checkpoint() + " (" + megabytes(chain.quantized().bytes()) + ")");
        chain.quantized().exports().forEach(export -> printFiles(export, out));
        printEngine(chain.built(), out);
    }

    private static void fact(PrintStream out, String name, String value) {
        out.println(String.format(Locale.ROOT, "%-12s  %s", name, value));
    }

    private static String counts(PlanResult plan) {
        return Arrays.stream(Kind.values()).map(kind -> plan.quantized(kind) + " of " + plan.total(kind) + " " + Values.name(kind))
            .collect(Collectors.joining(", "));
    }

    private static String similarity(double psnr, double ssim) {
        return String.format(Locale.ROOT, "%s dB, %.4f", Double.isInfinite(psnr) ? "inf" : String.format(Locale.ROOT, "%.2f", psnr), ssim);
    }

    private static String shapes(Latency latency) {
        return latency.shapes().entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(", "));
    }

    private static String yesOrNo(boolean value) {
        return value ? "yes" : "no";
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, "%.2f", millis);
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f s", seconds);
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
