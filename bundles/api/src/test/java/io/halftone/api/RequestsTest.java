package io.halftone.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestsTest {
    private static final QuantLevel LEVEL = new QuantLevel("3");
    private static final QuantSettings SETTINGS = QuantSettings.int8(LEVEL);
    private static final PipelineSource SOURCE = PipelineSource.of(Path.of("tiny"));

    @Test
    void aPipelineHasAPathOrAModel() {
        assertEquals(new PipelineSource("tiny", "", DType.FLOAT32), SOURCE);
        new PipelineSource("", "sdxl-1.0", DType.FLOAT16);
        refused("pipeline: found neither a path nor a model; expected one of them", () -> new PipelineSource("", "", DType.FLOAT32));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = {"FLOAT32", "FLOAT16", "BFLOAT16"})
    void aPipelineComputesInAFloatingTypeOfModels(DType type) {
        refused("model dtype: found " + type + "; expected Float, Half or BFloat16", () -> new PipelineSource("tiny", "", type));
    }

    @Test
    void aPlanIsOfAPipelineOrOfAConfig() {
        refused("plan: found 0 of a path, a model and a config; expected one of them", () -> new PlanRequest("", "", "", SETTINGS));
        refused("plan: found 2 of a path, a model and a config; expected one of them", () -> new PlanRequest("a", "", "b", SETTINGS));
        new PlanRequest("a", "", "", SETTINGS);
        new PlanRequest("", "", "b", SETTINGS);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.0001, Double.NaN, Double.POSITIVE_INFINITY})
    void aPercentileIsAFraction(double percentile) {
        refused("percentile: found " + percentile + "; expected over 0, at most 1",
            () -> new QuantSettings("int8", LEVEL, "standard", "max", Map.of(), "default", percentile, List.of()));
    }

    @Test
    void settingsKeepTheirOptionsInAlphabeticalOrder() {
        Map<String, String> options = new HashMap<>(Map.of("b", "2", "a", "1", "c", "3"));
        QuantSettings settings = new QuantSettings("int8", LEVEL, "standard", "max", options, "default", 1, List.of());
        options.clear();
        assertEquals("{a=1, b=2, c=3}", settings.options().toString());
        assertThrows(UnsupportedOperationException.class, () -> settings.options().put("d", "4"));
    }

    @Test
    void calibrationHasPositiveCounts() {
        refused("calib-size: found 0; expected >= 1", () -> calibration(0, 2, 20, 0, 0, 5));
        refused("batch-size: found 0; expected >= 1", () -> calibration(4, 0, 20, 0, 0, 5));
        refused("n-steps: found -1; expected >= 1", () -> calibration(4, 2, -1, 0, 0, 5));
        refused("height: found -8; expected >= 0", () -> calibration(4, 2, 20, -8, 0, 5));
        refused("width: found -8; expected >= 0", () -> calibration(4, 2, 20, 0, -8, 5));
        refused("guidance-scale: found -1.0; expected a number >= 0", () -> calibration(4, 2, 20, 0, 0, -1));
        refused("guidance-scale: found Infinity; expected a number >= 0", () -> calibration(4, 2, 20, 0, 0, Double.POSITIVE_INFINITY));
        assertTrue(Double.isNaN(CalibrationSettings.of(4, 20, 1).guidanceScale()), "the pipeline's usual one");
    }

    @Test
    void picturesHaveAPromptAndSizes() {
        refused("prompt: found none; expected at least one", () -> sampling(List.of(), 20, 0, 0, 5));
        refused("num-inference-steps: found -1; expected >= 0", () -> sampling(List.of("a"), -1, 0, 0, 5));
        refused("height: found -1; expected >= 0", () -> sampling(List.of("a"), 20, -1, 0, 5));
        refused("width: found -1; expected >= 0", () -> sampling(List.of("a"), 20, 0, -1, 5));
        refused("guidance-scale: found -0.5; expected a number >= 0", () -> sampling(List.of("a"), 20, 0, 0, -0.5));
        refused("guidance-scale: found Infinity; expected a number >= 0", () -> sampling(List.of("a"), 20, 0, 0, Double.POSITIVE_INFINITY));
        assertTrue(Double.isNaN(Sampling.of("a", 1).guidanceScale()), "the pipeline's usual one");
    }

    @Test
    void quantizingWritesSomething() {
        refused("output: found no checkpoint, hub folder, ONNX folder or file of statistics to write; expected at least one", () -> quantize("", ""));
        quantize("a.safetensors", "");
        quantize("", "onnx");
    }

    @Test
    void aPartOfTheBatchesGivesStatisticsAlone() {
        refused("slice: found 2/8 without a file for its statistics; expected stats-out too", () -> new CalibrationWork(0, 2, 8, "", List.of()));
        refused("slice: found 9/8; expected 1/1 to N/N", () -> new CalibrationWork(0, 9, 8, "s", List.of()));
        var slice = new CalibrationWork(0, 2, 8, "s", List.of());
        refused("slice: found a checkpoint or an ONNX folder to write from a part of the batches; expected stats-out alone, and a last run over the"
            + " merged statistics", () -> new QuantizeRequest(SOURCE, SETTINGS, CalibrationSettings.of(4, 20, 1), slice, 1,
                CheckpointTarget.compact("c"), "", Map.of()));
        new QuantizeRequest(SOURCE, SETTINGS, CalibrationSettings.of(4, 20, 1), slice, 1, CheckpointTarget.none(), "", Map.of());
    }

    @Test
    void aSearchHasOneGoal() {
        refused("auto: found neither of target-psnr and max-cost; expected one of them", () -> search(Double.NaN, Double.NaN));
        refused("auto: found both of target-psnr and max-cost; expected one of them", () -> search(40, 0.5));
        refused("max-cost: found 1.5; expected over 0, at most 1", () -> search(Double.NaN, 1.5));
    }

    @Test
    void picturesFollowTheirPrompts() {
        var sampling = new Sampling(List.of("a", "b"), "", 1, 1, 0, 0, 1, "", 2, false);
        assertEquals(List.of("a", "a", "b", "b"), sampling.picturePrompts());
        refused("num-images-per-prompt: found 0; expected >= 1", () -> new Sampling(List.of("a"), "", 1, 1, 0, 0, 1, "", 0, false));
    }

    @Test
    void comparingTimesNoNegativeNumberOfCalls() {
        refused("runs: found -1; expected >= 0", () -> new CompareRequest(SOURCE, BackboneChoice.fullPrecision(),
            BackboneChoice.fullPrecision(), Sampling.of("a", 1), "out", -1));
    }

    @Test
    void aBenchmarkHasBackbonesWithNamesOfTheirOwnAndRuns() {
        var one = new BenchmarkRequest.Variant("a", BackboneChoice.fullPrecision());
        new BenchmarkRequest(SOURCE, List.of(one), Sampling.of("a", 1), 0, 1);
        refused("variants: found none; expected at least one", () -> new BenchmarkRequest(SOURCE, List.of(), Sampling.of("a", 1), 1, 1));
        refused("variants: found a twice; expected each name once", () -> new BenchmarkRequest(SOURCE, List.of(one, one), Sampling.of("a", 1), 1, 1));
        refused("warm-up: found -1; expected >= 0", () -> new BenchmarkRequest(SOURCE, List.of(one), Sampling.of("a", 1), -1, 1));
        refused("runs: found 0; expected >= 1", () -> new BenchmarkRequest(SOURCE, List.of(one), Sampling.of("a", 1), 1, 0));
        refused("initial-latents: found x; expected none: times do not depend on the noise", () -> new BenchmarkRequest(SOURCE, List.of(one),
            new Sampling(List.of("a"), "", 1, 1, 0, 0, 1, "x"), 1, 1));
    }

    @Test
    void partsOfABenchmarkAreFoundByName() {
        var part = new BenchmarkResult.Part("VAE", 3, 1, 2);
        var variant = new BenchmarkResult.Variant("a", "libtorch", List.of(part), "");
        assertEquals(part, variant.part("VAE"));
        refused("part: found UNet; expected one of [VAE]", () -> variant.part("UNet"));
    }

    @Test
    void requestsKeepTheirOwnMaps() {
        Map<String, String> options = new HashMap<>(Map.of("threads", "2"));
        Map<String, Extent> extents = new HashMap<>(Map.of("height", new Extent(1, 2, 3)));
        BuildRequest build = new BuildRequest("m", "e", "f", extents, options);
        ExportRequest export = new ExportRequest(SOURCE, "", "d", "onnx", options);
        var engine = new BackboneChoice.OnEngine("e", "f", options);
        options.clear();
        extents.clear();
        assertEquals(Map.of("height", new Extent(1, 2, 3)), build.extents());
        for (Map<String, String> kept : List.of(build.options(), export.options(), engine.options())) {
            assertEquals(Map.of("threads", "2"), kept);
        }
    }

    private static CalibrationSettings calibration(int size, int batch, int steps, long height, long width, double guidance) {
        return new CalibrationSettings(List.of(), "", size, batch, steps, guidance, height, width, 1);
    }

    private static Sampling sampling(List<String> prompts, int steps, long height, long width, double guidance) {
        return new Sampling(prompts, "", steps, guidance, height, width, 1, "");
    }

    private static QuantizeRequest quantize(String checkpoint, String onnx) {
        return QuantizeRequest.of(SOURCE, SETTINGS, CalibrationSettings.of(4, 20, 1), checkpoint, onnx);
    }

    private static SearchRequest search(double psnr, double cost) {
        return new SearchRequest(SOURCE, SETTINGS, List.of(), CalibrationSettings.of(4, 20, 1), CalibrationWork.whole(), 2, 8, psnr, cost, "r", "");
    }

    private static void refused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }
}
