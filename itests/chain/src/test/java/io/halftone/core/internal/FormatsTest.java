package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BuildRequest;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.api.Explanation;
import io.halftone.api.JobException;
import io.halftone.api.PipelineSource;
import io.halftone.api.PlanResult.Kind;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.api.Sampling;
import io.halftone.ops.DType;
import io.halftone.quant.QuantLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The chain with every number format, short: two prompts, four steps. {@code QualityReports} is the long form. */
class FormatsTest {
    @TempDir
    Path scratch;

    /** The least PSNR is some 3 dB below what was measured with these few steps: what another machine's rounding may cost, and a broken scale exceeds. */
    @ParameterizedTest
    @CsvSource({"tiny-sdxl, fp8, 4, 38 192 34, 35", "tiny-sd21, fp8, 3, 50 192 0, 28.5", "tiny-sd3, fp8, 4, 0 67 5, 33", "tiny-flux, fp8, 4, 0 52 6, 41.5",
        "tiny-sd3, int8, 3, 0 67 0, 31.5", "tiny-flux, int8, 2.5, 0 40 0, 41", "tiny-sd21, int8, 3, 50 192 0, 30.5",
        "tiny-sdxl, int8-weight-only, 3, 38 192 0, 52", "tiny-flux, fp8-weight-only, 3, 0 52 0, 47.5"})
    void quantizesExportsBuildsAndDraws(String model, String format, String level, String counts, double least) throws Exception {
        PipelineSource source = new PipelineSource("", model, DType.FLOAT32);
        QuantizeResult result = quantize(source, format, level);
        everyRangeIsExplainedWithItsScale(result);
        assertEquals(counts, result.plan().quantized(Kind.CONV) + " " + result.plan().quantized(Kind.LINEAR) + " " + result.plan().quantized(Kind.ATTENTION));
        String engine = Chain.halftone().build(new BuildRequest(scratch.resolve("onnx").toString(), "onnxruntime", "", Map.of(), Map.of()),
            ProgressListener.NONE).await().report().file().toString();
        CompareResult onEngine = compare(source, new BackboneChoice.OnEngine("onnxruntime", engine));
        CompareResult simulated = compare(source, new BackboneChoice.Eager(result.checkpoint()));
        System.out.printf("%s %s %s: engine %.2f dB, fake quantization %.2f dB%n", model, format, level, onEngine.psnr(), simulated.psnr());
        assertTrue(onEngine.psnr() >= least && simulated.psnr() >= least, "found " + onEngine.psnr() + " and " + simulated.psnr() + " dB");
    }

    /** ONNX Runtime has no kernels for blocks of 4-bit floats: quantized, stored, run on libtorch and exported, but not built. */
    @ParameterizedTest
    @CsvSource({"tiny-sdxl, nvfp4, 28.5", "tiny-flux, mxfp8, 46.5"})
    void blockFormatsAreExportedForTensorRt(String model, String format, double least) throws Exception {
        PipelineSource source = new PipelineSource("", model, DType.FLOAT32);
        QuantizeResult result = quantize(source, format, "3");
        assertTrue(result.exports().get(0).quantizedLayers() > 0);
        everyRangeIsExplainedWithItsScale(result);
        CompareResult simulated = compare(source, new BackboneChoice.Eager(result.checkpoint()));
        System.out.printf("%s %s: fake quantization %.2f dB%n", model, format, simulated.psnr());
        assertTrue(simulated.psnr() >= least, "found " + simulated.psnr() + " dB");
        String message = assertThrows(JobException.class, () -> Chain.halftone().build(new BuildRequest(scratch.resolve("onnx").toString(),
            "onnxruntime", "", Map.of(), Map.of()), ProgressListener.NONE).await()).getMessage();
        assertTrue(message.contains("found") && message.contains("expected"), message);
    }

    @Test
    void aLevelThatQuantizesNothingIsRefused() {
        for (String model : List.of("tiny-sd3", "tiny-flux")) {
            for (QuantSettings settings : List.of(QuantSettings.int8(new QuantLevel("1")), QuantSettings.fp8(new QuantLevel("1")))) {
                var request = QuantizeRequest.of(new PipelineSource("", model, DType.FLOAT32), settings, CalibrationSettings.of(2, 2, 0),
                    scratch.resolve("c.safetensors").toString(), "");
                assertEquals("quant level 1: found no layer that policy standard quantizes to " + settings.format()
                    + " in this model; expected at least one: choose a higher level",
                    assertThrows(IllegalArgumentException.class, () -> Chain.halftone().quantize(request, ProgressListener.NONE)).getMessage());
            }
        }
    }

    /** What an algorithm adds to the checkpoint is found again by the restored model and by the exporter. */
    @ParameterizedTest
    @CsvSource({"tiny-sd3, int8, svdquant, 0.5, 49", "tiny-flux, fp8, smoothquant, 0.8, 39", "tiny-sdxl, int8, reference-smoothquant, 0.8, 26"})
    void everyAlgorithmGoesThroughTheChain(String model, String format, String algorithm, String alpha, double least) throws Exception {
        PipelineSource source = new PipelineSource("", model, DType.FLOAT32);
        QuantizeResult result = quantize(source, format, "3", algorithm, Map.of("alpha", alpha));
        CompareResult simulated = compare(source, new BackboneChoice.Eager(result.checkpoint()));
        CompareResult exported = compare(source, new BackboneChoice.OnEngine("onnxruntime", scratch.resolve("onnx").toString()));
        System.out.printf("%s %s %s: engine %.2f dB, fake quantization %.2f dB%n", model, format, algorithm, exported.psnr(), simulated.psnr());
        assertTrue(exported.psnr() >= least && simulated.psnr() >= least, "found " + exported.psnr() + " and " + simulated.psnr() + " dB");
    }

    private static void everyRangeIsExplainedWithItsScale(QuantizeResult result) {
        for (Explanation layer : Chain.halftone().explain(result.checkpoint(), "")) {
            layer.sites().forEach(site -> assertTrue(site.range().contains("; scale") || site.range().contains(" scales, at most "), site::toString));
        }
    }

    private QuantizeResult quantize(PipelineSource source, String format, String level) throws Exception {
        return quantize(source, format, level, Chain.PLUGINS.formats().get(format).usualAlgorithm(), Map.of());
    }

    private QuantizeResult quantize(PipelineSource source, String format, String level, String algorithm, Map<String, String> options) throws Exception {
        var settings = new QuantSettings(format, new QuantLevel(level), "standard", algorithm, options, "default", 1, List.of());
        return Chain.halftone().quantize(QuantizeRequest.of(source, settings, CalibrationSettings.of(2, 4, 0),
            scratch.resolve("checkpoint.safetensors").toString(), Files.createDirectories(scratch.resolve("onnx")).toString()),
            ProgressListener.NONE).await();
    }

    private CompareResult compare(PipelineSource source, BackboneChoice candidate) throws Exception {
        return Chain.halftone().compare(new CompareRequest(source, BackboneChoice.fullPrecision(), candidate,
            new Sampling(List.of("a large red circle on the left of a blue background"), "", 4, Double.NaN, 0, 0, 3, ""), scratch.toString(), 0),
            ProgressListener.NONE).await();
    }
}
