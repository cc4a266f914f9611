package io.halftone.core.internal.bench;

import io.halftone.api.BackboneChoice;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.GenerateRequest;
import io.halftone.api.PipelineSource;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.Sampling;
import io.halftone.core.internal.Chain;
import io.halftone.imaging.Png;
import io.halftone.metrics.ImageMetrics;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The algorithms on the embedded pipelines: fake quantization at level 3 against full precision, over 16 pictures of as many prompts
 * with four seeds, none of them calibrated with. Prints a Markdown table with 95 % confidence intervals, and of the difference to max, picture by picture.
 */
public final class AlgorithmTable {
    private static final List<List<String>> PROMPTS = List.of(
        List.of("a large red circle on the left of a blue background", "a small green ring on the right of a black background",
            "a large yellow triangle on the center of a purple background", "a small white square on the top of a red background"),
        List.of("a small blue diamond on the left of a white background", "a large orange circle on the right of a green background",
            "a small purple ring on the top of a yellow background", "a large black square on the bottom of a white background"),
        List.of("a large green triangle on the right of a red background", "a small red diamond on the bottom of a blue background",
            "a large white ring on the left of a black background", "a small yellow circle on the center of a green background"),
        List.of("a large blue square on the top of an orange background", "a small orange triangle on the left of a purple background",
            "a large purple diamond on the right of a white background", "a small black ring on the bottom of a yellow background"));
    /** Of Student's t for 15 degrees of freedom, 97.5 %. */
    private static final double T15 = 2.131;

    private AlgorithmTable() {}

    /** Takes the pipelines, or all. */
    public static void main(String[] args) throws Exception {
        List<String> models = args.length > 0 ? List.of(args) : List.of("tiny-sdxl", "tiny-sd21", "tiny-sd3", "tiny-flux");
        Path scratch = Files.createTempDirectory("halftone-algorithms");
        System.out.println("| pipeline | format | algorithm | PSNR | against max |");
        System.out.println("| --- | --- | --- | --- | --- |");
        for (String model : models) {
            PipelineSource source = new PipelineSource("", model, DType.FLOAT32);
            List<Path> expected = pictures(source, BackboneChoice.fullPrecision(), Files.createTempDirectory(scratch, "full"));
            for (String format : List.of("int8", "nvfp4")) {
                double[] max = null;
                for (String algorithm : List.of("max", "smoothquant", "svdquant")) {
                    Path folder = Files.createTempDirectory(scratch, "row");
                    Path checkpoint = folder.resolve("checkpoint.safetensors");
                    Chain.halftone().quantize(QuantizeRequest.of(source, new QuantSettings(format, new QuantLevel("3"), "standard", algorithm, Map.of(),
                        "default", 1, List.of()), CalibrationSettings.of(16, 20, 0), checkpoint.toString(), ""), ProgressListener.NONE).await();
                    double[] psnr = psnr(expected, pictures(source, new BackboneChoice.Eager(checkpoint.toString()), folder));
                    max = max == null ? psnr : max;
                    System.out.printf("| %s | %s | %s | %s | %s |%n", model, format, algorithm, interval(psnr),
                        psnr == max ? "" : interval(difference(psnr, max)));
                }
            }
        }
        System.exit(0);
    }

    private static List<Path> pictures(PipelineSource source, BackboneChoice backbone, Path folder) throws Exception {
        List<Path> pictures = new ArrayList<>();
        for (int seed = 0; seed < PROMPTS.size(); seed++) {
            Chain.halftone().generate(new GenerateRequest(source, backbone, new Sampling(PROMPTS.get(seed), "", 20, Double.NaN, 0, 0, 100 + seed, ""),
                folder.resolve(seed + ".png").toString(), ""), ProgressListener.NONE).await().images().forEach(file -> pictures.add(Path.of(file)));
        }
        return pictures;
    }

    private static double[] psnr(List<Path> expected, List<Path> found) throws Exception {
        double[] psnr = new double[expected.size()];
        for (int i = 0; i < psnr.length; i++) {
            psnr[i] = ImageMetrics.psnr(Png.read(expected.get(i)), Png.read(found.get(i)));
        }
        return psnr;
    }

    private static double[] difference(double[] a, double[] b) {
        double[] difference = new double[a.length];
        for (int i = 0; i < a.length; i++) {
            difference[i] = a[i] - b[i];
        }
        return difference;
    }

    private static String interval(double[] values) {
        double mean = 0;
        for (double value : values) {
            mean += value / values.length;
        }
        double squares = 0;
        for (double value : values) {
            squares += (value - mean) * (value - mean);
        }
        return String.format(Locale.ROOT, "%.2f ± %.2f dB", mean, T15 * Math.sqrt(squares / (values.length - 1) / values.length));
    }
}
