package io.halftone.core.internal.bench;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BuildRequest;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.api.PlanResult.Kind;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.Sampling;
import io.halftone.core.internal.Chain;
import io.halftone.quant.QuantLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Prints what each level, algorithm and collector costs in quality on the tiny SDXL, as rows of a Markdown table. Argument: a scratch folder. */
public final class QualityTable {
    /** None of them is in the list that calibration uses. */
    private static final List<String> PROMPTS = List.of("a large blue circle on the center of a purple background",
        "a large yellow square on the bottom of a purple background", "a small white circle on the right of a black background",
        "a large yellow diamond on the left of a red background", "a small orange square on the top of a red background",
        "a small red cross on the left of a white background", "a large green ring on the center of a black background",
        "a small blue triangle on the bottom of a yellow background");

    private QualityTable() {}

    public static void main(String[] args) throws Exception {
        Path scratch = Files.createDirectories(Path.of(args[0]));
        System.out.println("| level | algorithm | collector | conv | linear | PSNR of fake quantization | PSNR of the engine | SSIM of the engine | engine against fake quantization |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        for (String level : List.of("1", "2", "2.5", "3")) {
            row(scratch, level, "smoothquant", Map.of("alpha", "0.8"), "default");
        }
        row(scratch, "3", "smoothquant", Map.of("alpha", "0.5"), "default");
        row(scratch, "3", "max", Map.of(), "default");
        row(scratch, "3", "smoothquant", Map.of("alpha", "0.8"), "min-mean");
        System.exit(0);
    }

    private static void row(Path scratch, String level, String algorithm, Map<String, String> options, String collector) throws Exception {
        Path folder = Files.createTempDirectory(scratch, "row");
        QuantizeResult quantized = Chain.halftone().quantize(QuantizeRequest.of(Chain.TINY,
            new QuantSettings("int8", new QuantLevel(level), "standard", algorithm, options, collector, 1, List.of()), CalibrationSettings.of(32, 20, 0),
            folder.resolve("checkpoint.safetensors").toString(), folder.resolve("onnx").toString()), ProgressListener.NONE).await();
        String engine = Chain.halftone().build(new BuildRequest(folder.resolve("onnx").toString(), "onnxruntime", "", Map.of(), Map.of()),
            ProgressListener.NONE).await().report().file().toString();
        BackboneChoice fake = new BackboneChoice.Eager(folder.resolve("checkpoint.safetensors").toString());
        BackboneChoice built = new BackboneChoice.OnEngine("onnxruntime", engine);
        CompareResult simulated = compare(folder, BackboneChoice.fullPrecision(), fake);
        CompareResult real = compare(folder, BackboneChoice.fullPrecision(), built);
        CompareResult both = compare(folder, fake, built);
        System.out.printf("| %s | %s %s | %s | %d | %d | %.2f dB | %.2f dB | %.4f | %.2f dB |%n", level, algorithm, options.values().stream().findFirst().orElse(""),
            collector, quantized.plan().quantized(Kind.CONV), quantized.plan().quantized(Kind.LINEAR), simulated.psnr(), real.psnr(), real.ssim(), both.psnr());
    }

    private static CompareResult compare(Path folder, BackboneChoice reference, BackboneChoice candidate) throws Exception {
        return Chain.halftone().compare(new CompareRequest(Chain.TINY, reference, candidate, new Sampling(PROMPTS, "", 20, 5, 0, 0, 3, ""),
            folder.toString(), 0), ProgressListener.NONE).await();
    }
}
