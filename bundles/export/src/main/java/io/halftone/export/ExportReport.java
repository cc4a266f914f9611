package io.halftone.export;

import io.halftone.quant.Slot;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was written.
 *
 * @param model     the file to load
 * @param files     all files, the model first
 * @param quantized what a fresh reading of the written file proves of each quantized layer
 * @param nodes     operators in the graph
 * @param bytes     all files together
 * @param digests   SHA-256, in hexadecimal, of those files that were digested while they were written
 */
public record ExportReport(Path model, List<Path> files, List<QuantizedLayer> quantized, int nodes, long bytes, Map<Path, String> digests) {
    /**
     * A layer as the written file has it.
     *
     * @param name     the layer's full name
     * @param operator the operator that computes it: Conv, MatMul, Gemm; of an attention, that of both products
     * @param slots    how each quantized tensor of the layer reaches its product
     */
    public record QuantizedLayer(String name, String operator, Map<Slot, Codes> slots) {
        public QuantizedLayer {
            slots = Collections.unmodifiableMap(new TreeMap<>(slots));
        }
    }

    /**
     * What a tensor is kept as, or rounded to when the model runs.
     *
     * @param type   of a code, as the file calls it: INT8, FLOAT8E4M3FN, FLOAT4E2M1
     * @param scales the number of scales in the file: one for the tensor, for each channel, or for each block; 0 where they are made
     *               when the model runs
     * @param scale  the scale of the whole tensor; NaN where there is more than one, or none
     */
    public record Codes(String type, long scales, float scale) {}

    public ExportReport {
        files = List.copyOf(files);
        quantized = List.copyOf(quantized);
        digests = Map.copyOf(digests);
    }

    /** Without digests: who needs them reads the files. */
    public ExportReport(Path model, List<Path> files, List<QuantizedLayer> quantized, int nodes, long bytes) {
        this(model, files, quantized, nodes, bytes, Map.of());
    }
}
