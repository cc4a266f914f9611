package io.halftone.core.internal.bench;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BuildRequest;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.api.JobException;
import io.halftone.api.PipelineSource;
import io.halftone.api.PlanResult.Kind;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.Sampling;
import io.halftone.core.internal.Chain;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Every embedded pipeline but the tiny SDXL, which {@link QualityReports} has, at every level of INT8 and FP8: calibrated, exported, built by
 * ONNX Runtime, and its pictures compared with full precision. Prints a Markdown table; with the path of a document, writes it there
 * between the markers.
 */
public final class QualityMatrix {
    private static final String BEGIN = "<!-- matrix -->";
    private static final String END = "<!-- end of matrix -->";
    private static final List<String> MODELS = List.of("tiny-sd21", "tiny-sd3", "tiny-flux");
    private static final Map<String, List<String>> LEVELS = Map.of("int8", List.of("1", "2", "2.5", "3"), "fp8", List.of("1", "2", "2.5", "3", "4"));
    /** Not among those of calibration. */
    private static final List<String> PROMPTS = List.of("a large red circle on the left of a blue background",
        "a small green ring on the right of a black background", "a large yellow triangle on the center of a purple background",
        "a small white square on the top of a red background");

    private QualityMatrix() {}

    /** Takes the document to write to, or nothing. */
    public static void main(String[] args) throws Exception {
        List<String> lines = new ArrayList<>(List.of("| pipeline | format | level | conv | linear | attention | share of weights | PSNR | SSIM |",
            "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"));
        Path scratch = Files.createTempDirectory("halftone-matrix");
        for (String model : MODELS) {
            for (String format : List.of("int8", "fp8")) {
                for (String level : LEVELS.get(format)) {
                    lines.add(row(scratch, model, format, level));
                    System.out.println(lines.get(lines.size() - 1));
                }
            }
        }
        if (args.length == 1) {
            Path document = Path.of(args[0]);
            String text = Files.readString(document);
            int from = text.indexOf(BEGIN) + BEGIN.length();
            int to = text.indexOf(END);
            Files.writeString(document, text.substring(0, from) + "\n" + String.join("\n", lines) + "\n" + text.substring(to));
        }
        System.exit(0);
    }

    private static String row(Path scratch, String model, String format, String level) throws Exception {
        PipelineSource source = new PipelineSource("", model, DType.FLOAT32);
        QuantLevel quantLevel = new QuantLevel(level);
        QuantSettings settings = format.equals("int8") ? QuantSettings.int8(quantLevel) : QuantSettings.fp8(quantLevel);
        Path folder = Files.createTempDirectory(scratch, "row");
        QuantizeResult quantized;
        try {
            quantized = Chain.halftone().quantize(QuantizeRequest.of(source, settings, CalibrationSettings.of(16, 20, 0),
                folder.resolve("checkpoint.safetensors").toString(), folder.resolve("onnx").toString()), ProgressListener.NONE).await();
        } catch (IllegalArgumentException e) {
            if (!e.getMessage().contains("found no layer")) {
                throw e;
            }
            return String.format("| %s | %s | %s | refused: it has no such layer | | | | | |", model, format, level);
        }
        CompareResult compared = compare(source, folder);
        return String.format(Locale.ROOT, "| %s | %s | %s | %d | %d | %d | %.0f %% | %.2f dB | %.4f |", model, format, level,
            quantized.plan().quantized(Kind.CONV), quantized.plan().quantized(Kind.LINEAR), quantized.plan().quantized(Kind.ATTENTION),
            100 * quantized.plan().share(), compared.psnr(), compared.ssim());
    }

    private static CompareResult compare(PipelineSource source, Path folder) throws JobException, InterruptedException {
        String engine = Chain.halftone().build(new BuildRequest(folder.resolve("onnx").toString(), "onnxruntime", "", Map.of(), Map.of()),
            ProgressListener.NONE).await().report().file().toString();
        return Chain.halftone().compare(new CompareRequest(source, BackboneChoice.fullPrecision(), new BackboneChoice.OnEngine("onnxruntime", engine),
            new Sampling(PROMPTS, "", 20, Double.NaN, 0, 0, 3, ""), folder.toString(), 0), ProgressListener.NONE).await();
    }
}
