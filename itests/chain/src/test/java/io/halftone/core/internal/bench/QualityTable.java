package io.halftone.core.internal.bench;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BuildRequest;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.core.internal.Chain;
import io.halftone.quant.QuantLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Prints what algorithms and collectors cost in quality on the tiny SDXL at INT8 level 3, and how far the engine is from fake quantization, as
 * rows of a Markdown table. Argument: a scratch folder. {@link QualityReports} has formats and levels.
 */
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
        System.out.println("| algorithm | collector | PSNR of fake quantization | PSNR of the engine | SSIM of the engine | engine against fake quantization |");
        System.out.println("| --- | --- | --- | --- | --- | --- |");
        row(scratch, "smoothquant", Map.of("alpha", "0.8"), "default");
        row(scratch, "smoothquant", Map.of("alpha", "0.5"), "default");
        row(scratch, "max", Map.of(), "default");
        row(scratch, "smoothquant", Map.of("alpha", "0.8"), "min-mean");
        System.exit(0);
    }

    private static void row(Path scratch, String algorithm, Map<String, String> options, String collector) throws Exception {
        Path folder = Files.createTempDirectory(scratch, "row");
        Chain.halftone().quantize(QuantizeRequest.of(Chain.TINY,
            new QuantSettings("int8", new QuantLevel("3"), "standard", algorithm, options, collector, 1, List.of()), CalibrationSettings.of(32, 20, 0),
            folder.resolve("checkpoint.safetensors").toString(), folder.resolve("onnx").toString()), ProgressListener.NONE).await();
        String engine = Chain.halftone().build(new BuildRequest(folder.resolve("onnx").toString(), "onnxruntime", "", Map.of(), Map.of()),
            ProgressListener.NONE).await().report().file().toString();
        BackboneChoice fake = new BackboneChoice.Eager(folder.resolve("checkpoint.safetensors").toString());
        BackboneChoice built = new BackboneChoice.OnEngine("onnxruntime", engine);
        CompareResult simulated = compare(folder, BackboneChoice.fullPrecision(), fake);
        CompareResult real = compare(folder, BackboneChoice.fullPrecision(), built);
        CompareResult both = compare(folder, fake, built);
        System.out.printf("| %s | %s | %.2f dB | %.2f dB | %.4f | %.2f dB |%n", (algorithm + " " + String.join(" ", options.values())).strip(), collector,
            simulated.psnr(), real.psnr(), real.ssim(), both.psnr());
    }

    private static CompareResult compare(Path folder, BackboneChoice reference, BackboneChoice candidate) throws Exception {
        return Chain.halftone().compare(new CompareRequest(Chain.TINY, reference, candidate, new Sampling(PROMPTS, "", 20, 5, 0, 0, 3, ""),
            folder.toString(), 0), ProgressListener.NONE).await();
    }
}
