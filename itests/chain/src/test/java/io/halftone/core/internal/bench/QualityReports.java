package io.halftone.core.internal.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.EvaluateRequest;
import io.halftone.api.EvaluateRequest.Quantized;
import io.halftone.api.PipelineSource;
import io.halftone.api.PlanRequest;
import io.halftone.api.ProgressListener;
import io.halftone.api.QualityGate;
import io.halftone.api.QuantSettings;
import io.halftone.api.Sampling;
import io.halftone.core.internal.Chain;
import io.halftone.ops.DType;
import io.halftone.pipeline.Advice;
import io.halftone.quant.QuantLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Evaluates embedded pipelines with every format at every level that quantizes something, by fake quantization and, for INT8 and FP8,
 * on ONNX Runtime too; and writes the table of each into a document, between its markers. An evaluation that is there is not made again.
 * Takes the folder of the evaluations, the document or {@code -}, and the pipelines.
 */
public final class QualityReports {
    private static final List<String> FORMATS = List.of("int8", "fp8", "int8-weight-only", "fp8-weight-only", "nvfp4", "mxfp8");
    private static final List<String> ON_ENGINE = List.of("int8", "fp8");
    private static final List<String> LEVELS = List.of("1", "2", "2.5", "3", "4");
    private static final String ENGINE = "onnxruntime";
    /** Not among those of calibration. */
    private static final List<String> PROMPTS = List.of("a large red circle on the left of a blue background",
        "a small green ring on the right of a black background", "a large yellow triangle on the center of a purple background",
        "a small white square on the top of a red background", "a small blue diamond on the left of a white background",
        "a large orange circle on the right of a green background", "a small purple ring on the top of a yellow background",
        "a large black square on the bottom of a white background");

    private QualityReports() {}

    public static void main(String[] args) throws Exception {
        Path out = Path.of(args[0]);
        for (String model : List.of(args).subList(2, args.length)) {
            Path folder = out.resolve(model);
            evaluate(model, folder);
            List<String> lines = new ArrayList<>(List.of(
                "| format | level | conv | linear | attention | weights | size | fake quantization | worst | on the engine | worst | SSIM | MS-SSIM |",
                "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"));
            lines.addAll(rows(new ObjectMapper().readTree(folder.resolve("report.json").toFile())));
            lines.forEach(System.out::println);
            if (!args[1].equals("-")) {
                write(Path.of(args[1]), model, lines);
            }
        }
        System.exit(0);
    }

    private static void evaluate(String model, Path folder) throws Exception {
        PipelineSource source = new PipelineSource("", model, DType.FLOAT32);
        List<EvaluateRequest.Variant> variants = new ArrayList<>();
        for (String format : FORMATS) {
            for (String level : LEVELS) {
                Advice advice = Chain.halftone().advice("", format);
                var settings = new QuantSettings(format, new QuantLevel(level), "standard", advice.algorithm(), advice.options(),
                    "default", 1, List.of());
                if (!quantizesSomething(model, settings)) {
                    continue;
                }
                variants.add(new Quantized(format + ":" + level, settings, ""));
                if (ON_ENGINE.contains(format)) {
                    variants.add(new Quantized(format + ":" + level + "@" + ENGINE, settings, ENGINE));
                }
            }
        }
        Chain.halftone().evaluate(new EvaluateRequest(source, variants, new Sampling(PROMPTS, "", 20, Double.NaN, 0, 0, 0, ""),
            List.of(3L), 2,
            CalibrationSettings.of(16, 20, 0), 0, QualityGate.none(), "", folder.resolve("engines").toString(), folder.toString()),
            listener()).await();
    }

    private static ProgressListener listener() {
        return progress -> {
            if (progress.done() == progress.total()) {
                System.err.println(progress.stage() + " " + progress.done());
            }
        };
    }

    private static boolean quantizesSomething(String model, QuantSettings settings) {
        try {
            Chain.halftone().plan(new PlanRequest("", model, "", settings));
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** A row for each format and level: PSNR of fake quantization and of the engine, the others of the engine where there is one. */
    private static List<String> rows(JsonNode report) {
        Map<String, JsonNode> byName = new LinkedHashMap<>();
        report.path("variants").forEach(variant -> byName.put(variant.path("name").textValue(), variant));
        long full = report.at("/reference/bytes").longValue();
        List<String> rows = new ArrayList<>();
        byName.forEach((name, variant) -> {
            if (!variant.path("engine").textValue().isEmpty()) {
                return;
            }
            JsonNode engine = byName.getOrDefault(name + "@" + ENGINE, variant.path("none"));
            rows.add(String.format(Locale.ROOT, "| %s | %s | %d | %d | %d | %.0f %% | %.0f %% | %s | %s | %s | %s | %s | %s |",
                variant.path("format").textValue(), variant.path("level").textValue(), variant.at("/quantized/conv").intValue(),
                variant.at("/quantized/linear").intValue(), variant.at("/quantized/attention").intValue(),
                100 * variant.path("share").doubleValue(),
                100.0 * variant.path("bytes").longValue() / full, interval(variant), worst(variant), interval(engine), worst(engine),
                mean(engine.isMissingNode() ? variant : engine, "ssim"), mean(engine.isMissingNode() ? variant : engine, "msSsim")));
        });
        return rows;
    }

    private static String interval(JsonNode variant) {
        JsonNode psnr = variant.at("/summary/psnr");
        return psnr.isMissingNode() ? "" : String.format(Locale.ROOT, "%.2f ± %.2f dB", psnr.path("mean").doubleValue(),
            psnr.path("interval").doubleValue());
    }

    private static String worst(JsonNode variant) {
        JsonNode psnr = variant.at("/summary/psnr");
        return psnr.isMissingNode() ? "" : String.format(Locale.ROOT, "%.2f dB", psnr.path("least").doubleValue());
    }

    private static String mean(JsonNode variant, String metric) {
        return String.format(Locale.ROOT, "%.4f", variant.at("/summary/" + metric + "/mean").doubleValue());
    }

    /** Replaces what stands between a pipeline's markers. */
    private static void write(Path document, String model, List<String> lines) throws IOException {
        String begin = "<!-- evaluation of " + model + " -->";
        String end = "<!-- end of " + model + " -->";
        String text = Files.readString(document);
        if (!text.contains(begin) || !text.contains(end)) {
            throw new IllegalArgumentException(document + ": found no markers of " + model + "; expected " + begin + " and " + end);
        }
        Files.writeString(document, text.substring(0, text.indexOf(begin) + begin.length()) + "\n" + String.join("\n", lines) + "\n"
            + text.substring(text.indexOf(end)));
    }
}
