package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BenchmarkRequest;
import io.halftone.api.BenchmarkRequest.Variant;
import io.halftone.api.BenchmarkResult;
import io.halftone.api.Diagnosis;
import io.halftone.api.DoctorRequest;
import io.halftone.api.Finding;
import io.halftone.api.ProgressListener;
import io.halftone.api.Sampling;
import io.halftone.ops.DType;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkTest {
    private static final int RUNS = 3;
    private static final int STEPS = 2;
    private static final List<String> PARTS = List.of("text encoders", "backbone step", "denoising step", "all steps", "VAE", "end to end");

    @TempDir
    Path scratch;

    @Test
    void timesEveryPartWithEveryBackboneInOneRun() throws Exception {
        QuantizedTiny tiny = QuantizedTiny.get();
        String full = QuantizedTiny.exportFullPrecision(scratch.resolve("full"));
        var variants = List.of(new Variant("libtorch", BackboneChoice.fullPrecision()), new Variant("engine", new BackboneChoice.OnEngine("onnxruntime", full)),
            new Variant("fake", new BackboneChoice.Eager(tiny.checkpoint())),
            new Variant("quantized", new BackboneChoice.OnEngine("onnxruntime", tiny.engineFile())));
        var sampling = new Sampling(List.of("a red circle", "a blue ring"), "", STEPS, Double.NaN, 64, 64, 0, "");
        BenchmarkResult result = Chain.halftone().benchmark(new BenchmarkRequest(Chain.TINY, variants, sampling, 1, RUNS), ProgressListener.NONE).await();

        assertEquals(List.of("libtorch", "engine", "fake", "quantized"), result.variants().stream().map(BenchmarkResult.Variant::name).toList());
        for (BenchmarkResult.Variant variant : result.variants()) {
            assertEquals(PARTS, variant.parts().stream().map(BenchmarkResult.Part::name).toList());
            for (BenchmarkResult.Part part : variant.parts()) {
                assertEquals(part.name().endsWith(" step") ? RUNS * STEPS : RUNS, part.samples(), part.name());
                assertTrue(part.medianMillis() > 0 && part.medianMillis() <= part.p95Millis(), part.toString());
            }
            // each of the longer times holds one of the shorter: so do their medians
            assertTrue(variant.part("denoising step").medianMillis() >= variant.part("backbone step").medianMillis());
            assertTrue(variant.part("end to end").medianMillis() >= variant.part("all steps").medianMillis());
        }
        assertEquals("[4, 4, 8, 8] FLOAT32", result.shapes().get("sample"));
        assertEquals("2", result.settings().get("calls"));
        assertEquals("FLOAT32", result.settings().get("dtype"));
        assertTrue(result.machine().keySet().containsAll(Set.of("Halftone", "CPU", "cores", "JDK", "libtorch", "ONNX Runtime")), result.machine().toString());
        assertTrue(result.variants().get(2).backbone().endsWith("with fake quantization"), result.variants().get(2).backbone());
        assertTrue(result.variants().get(3).note().startsWith("192 of 230 quantized layers run in 8-bit kernels"), result.variants().get(3).note());
    }

    /** Parameters of SDXL's UNet as published: 2,567,463,684, two bytes each. */
    @Test
    void knowsWhatAPresetNeedsWithoutItsWeights() {
        Diagnosis diagnosis = Chain.halftone().doctor(new DoctorRequest("", "sdxl-1.0", DType.FLOAT16, "onnxruntime"));
        Finding model = diagnosis.findings().stream().filter(f -> f.subject().equals("model")).findFirst().orElseThrow();
        assertTrue(model.found().startsWith("sdxl-1.0 in FLOAT16: weights 7.0 GB, of which unet 5.1 GB; a step about 0.5 GB more at sample [2, 4, 128, 128], "),
            model.found());
        assertTrue(diagnosis.findings().contains(Finding.ok("engines", "onnxruntime")), diagnosis.toString());
    }
}
