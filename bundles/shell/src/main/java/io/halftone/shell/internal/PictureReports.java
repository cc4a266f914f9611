package io.halftone.shell.internal;

import io.halftone.api.CompareResult;
import io.halftone.api.GenerateResult;
import io.halftone.api.Latency;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What pictures were made, how alike they are, and how long the backbones took. */
final class PictureReports {
    private PictureReports() {}

    static Report of(GenerateResult result) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("images", result.images());
        values.put("dump", Facts.orNull(result.dump()));
        values.put("latency", values(result.latency()));
        values.put("seconds", result.seconds());
        return new Report(values, out -> {
            result.images().forEach(image -> Facts.line(out, "picture", image));
            if (!result.dump().isEmpty()) {
                Facts.line(out, "dump", result.dump());
            }
            Facts.line(out, "time", Facts.seconds(result.seconds()));
            out.println();
            printLatencies(out, Map.of("backbone", result.latency()), List.of("backbone"));
        });
    }

    static Report of(CompareResult result) {
        return new Report(values(result), out -> print(result, out));
    }

    static Map<String, Object> values(CompareResult result) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("psnr", result.psnr());
        values.put("ssim", result.ssim());
        values.put("pictures", result.pictures().stream().map(PictureReports::values).toList());
        values.put("reference", values(result.reference()));
        values.put("candidate", values(result.candidate()));
        values.put("seconds", result.seconds());
        return values;
    }

    private static Map<String, Object> values(CompareResult.Pair pair) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("prompt", pair.prompt());
        values.put("reference", pair.referenceImage());
        values.put("candidate", pair.candidateImage());
        values.put("sideBySide", pair.sideBySide());
        values.put("psnr", pair.psnr());
        values.put("ssim", pair.ssim());
        return values;
    }

    private static Map<String, Object> values(Latency latency) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("backbone", latency.backbone());
        values.put("runs", latency.runs());
        values.put("medianMillis", latency.medianMillis());
        values.put("p95Millis", latency.p95Millis());
        values.put("shapes", latency.shapes());
        values.put("note", Facts.orNull(latency.note()));
        return values;
    }

    static void print(CompareResult result, PrintStream out) {
        for (CompareResult.Pair pair : result.pictures()) {
            Facts.line(out, "prompt", pair.prompt());
            Facts.line(out, "reference", pair.referenceImage());
            Facts.line(out, "candidate", pair.candidateImage());
            Facts.line(out, "side by side", pair.sideBySide());
            Facts.line(out, "PSNR, SSIM", similarity(pair.psnr(), pair.ssim()));
        }
        if (result.pictures().size() > 1) {
            Facts.line(out, "mean", similarity(result.psnr(), result.ssim()));
        }
        out.println();
        printLatencies(out, Map.of("reference", result.reference(), "candidate", result.candidate()), List.of("reference", "candidate"));
    }

    private static void printLatencies(PrintStream out, Map<String, Latency> latencies, List<String> order) {
        var table = Facts.table(List.of("", "median ms", "p95 ms", "runs", "what ran"));
        for (String name : order) {
            Latency latency = latencies.get(name);
            table.addRow().addContent(name, millis(latency.medianMillis()), millis(latency.p95Millis()), latency.runs(),
                latency.backbone());
        }
        table.print(out);
        order.stream().map(name -> shapes(latencies.get(name))).distinct().forEach(shapes -> Facts.line(out, "shapes", shapes));
        for (String name : order) {
            if (!latencies.get(name).note().isEmpty()) {
                Facts.line(out, "note", name + ": " + latencies.get(name).note());
            }
        }
    }

    private static String similarity(double psnr, double ssim) {
        return String.format(Locale.ROOT, "%s dB, %.4f", Facts.decibels(psnr), ssim);
    }

    private static String shapes(Latency latency) {
        return latency.shapes().entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).collect(Collectors.joining(", "));
    }

    private static String millis(double millis) {
        return String.format(Locale.ROOT, "%.2f", millis);
    }
}
