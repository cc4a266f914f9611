package io.halftone.core.internal.task;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.BackboneChoice;
import io.halftone.api.CompareRequest;
import io.halftone.api.CompareResult;
import io.halftone.api.ProgressListener;
import io.halftone.api.Sampling;
import io.halftone.core.internal.Chain;
import io.halftone.core.internal.QuantizedTiny;
import io.halftone.safetensors.SafetensorsFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backbones against each other on the golden's own inputs, all in float32. */
class BackboneAgreementTest {
    private static final BackboneChoice FULL = BackboneChoice.fullPrecision();
    @TempDir
    Path scratch;

    private static BackboneChoice engine(String file) {
        return new BackboneChoice.OnEngine("onnxruntime", file);
    }

    @Test
    void libtorchAgreesWithDiffusers() throws Exception {
        try (SafetensorsFile golden = SafetensorsFile.open(Chain.GOLDEN)) {
            Map<String, float[]> found = GoldenOutputs.of(FULL);
            for (String step : GoldenOutputs.STEPS) {
                double difference = GoldenOutputs.largestDifference(golden.read(step + ".out").toFloats(), found.get(step));
                assertTrue(difference < 1e-4, step + ": largest difference " + difference);
            }
        }
    }

    @Test
    void onnxRuntimeAgreesWithLibtorchInFullPrecision() throws Exception {
        String onnx = QuantizedTiny.exportFullPrecision(scratch);
        Map<String, float[]> torch = GoldenOutputs.of(FULL);
        Map<String, float[]> ort = GoldenOutputs.of(engine(onnx));
        for (String step : GoldenOutputs.STEPS) {
            double difference = GoldenOutputs.largestDifference(torch.get(step), ort.get(step));
            assertTrue(difference < 1e-3, step + ": largest difference " + difference);
        }
    }

    /**
     * A code that flips at a rounding tie changes all that follows, so two exact implementations differ by more than their arithmetic.
     * How far fake quantization moves when its own input moves by a millionth says how much; the last step, where the model divides
     * by almost no noise, is the most sensitive.
     */
    @Test
    void engineAgreesWithFakeQuantization() throws Exception {
        QuantizedTiny tiny = QuantizedTiny.get();
        Map<String, float[]> fake = GoldenOutputs.of(new BackboneChoice.Eager(tiny.checkpoint()));
        Map<String, Double> sensitivities = GoldenOutputs.sensitivity(new BackboneChoice.Eager(tiny.checkpoint()), fake);
        for (String file : List.of(tiny.engineFile(), tiny.onnx())) {
            Map<String, float[]> engine = GoldenOutputs.of(engine(file));
            for (String step : GoldenOutputs.STEPS) {
                double error = GoldenOutputs.rms(fake.get(step), engine.get(step));
                double sensitivity = sensitivities.get(step);
                assertTrue(error < Math.max(1e-2, 4 * sensitivity), step + ": RMS error of " + file + " " + error + ", sensitivity " + sensitivity);
                assertTrue(!step.equals("step0") || error < 1e-2, step + ": RMS error of " + file + " " + error);
            }
        }
    }

    @Test
    void quantizationChangesTheOutputALittle() throws Exception {
        Map<String, float[]> fake = GoldenOutputs.of(new BackboneChoice.Eager(QuantizedTiny.get().checkpoint()));
        Map<String, float[]> full = GoldenOutputs.of(FULL);
        for (String step : GoldenOutputs.STEPS) {
            double error = GoldenOutputs.rms(full.get(step), fake.get(step));
            assertTrue(error > 1e-4 && error < 0.2, step + ": RMS error of quantization " + error);
        }
    }

    /** If the two rounded independently their difference would have twice the noise of either: 3 dB less. */
    @Test
    void picturesOfEngineAndFakeQuantizationAreAsNearAsEitherIsToFullPrecision() throws Exception {
        QuantizedTiny tiny = QuantizedTiny.get();
        CompareResult quantization = compare("quantization", FULL, engine(tiny.engineFile()));
        CompareResult engines = compare("engines", new BackboneChoice.Eager(tiny.checkpoint()), engine(tiny.engineFile()));
        assertTrue(engines.psnr() >= quantization.psnr() - 3, "engine against fake quantization " + engines.psnr() + " dB, INT8 against full precision "
            + quantization.psnr() + " dB");
    }

    private CompareResult compare(String name, BackboneChoice a, BackboneChoice b) throws Exception {
        Sampling sampling = new Sampling(List.of("a large blue square on the top of a yellow background", "a small red ring on the left of a white background"),
            "", 20, 5, 0, 0, 3, "");
        return Chain.halftone().compare(new CompareRequest(Chain.TINY, a, b, sampling, scratch.resolve(name).toString(), 0), ProgressListener.NONE).await();
    }
}
