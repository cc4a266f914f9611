package io.halftone.core.internal;

import io.halftone.api.BuildRequest;
import io.halftone.api.BuildResult;
import io.halftone.api.CalibrationSettings;
import io.halftone.api.ExportRequest;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantSettings;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.QuantizeResult;
import io.halftone.quant.QuantLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The tiny SDXL at INT8 level 3, quantized once for all tests of this process. */
public final class QuantizedTiny {
    private static QuantizedTiny instance;

    private final Path folder;
    private final QuantizeResult result;
    private final BuildResult engine;

    private QuantizedTiny() throws Exception {
        folder = Files.createTempDirectory(Path.of("target"), "quantized");
        result = quantize(folder, 8, 20);
        engine = Chain.halftone().build(new BuildRequest(onnx(), "onnxruntime", "", Map.of(), Map.of("threads", "2")), ProgressListener.NONE).await();
    }

    /** The one there is. */
    public static synchronized QuantizedTiny get() throws Exception {
        if (instance == null) {
            instance = new QuantizedTiny();
        }
        return instance;
    }

    /** Quantizes into a folder: {@code checkpoint.safetensors} and {@code onnx/}. */
    public static QuantizeResult quantize(Path folder, int prompts, int steps) throws Exception {
        return Chain.halftone().quantize(QuantizeRequest.of(Chain.TINY, QuantSettings.int8(new QuantLevel("3")),
            CalibrationSettings.of(prompts, steps, 7), folder.resolve("checkpoint.safetensors").toString(), folder.resolve("onnx").toString()),
            ProgressListener.NONE).await();
    }

    /** Exports the pipeline's own backbone in full precision; returns the folder. */
    public static String exportFullPrecision(Path folder) throws Exception {
        Chain.halftone().export(new ExportRequest(Chain.TINY, "", folder.toString(), "onnx", Map.of()), ProgressListener.NONE).await();
        return folder.toString();
    }

    public QuantizeResult result() {
        return result;
    }

    public BuildResult engine() {
        return engine;
    }

    public String checkpoint() {
        return folder.resolve("checkpoint.safetensors").toString();
    }

    /** The folder of the export. */
    public String onnx() {
        return folder.resolve("onnx").toString();
    }

    public String engineFile() {
        return engine.report().file().toString();
    }
}
