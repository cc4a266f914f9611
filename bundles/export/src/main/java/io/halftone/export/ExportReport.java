package io.halftone.export;

import java.nio.file.Path;
import java.util.List;

/**
 * What was written.
 *
 * @param model     the file to load
 * @param files     all files, the model first
 * @param quantized what a fresh reading of the written file proves of each quantized layer
 * @param nodes     operators in the graph
 * @param bytes     all files together
 */
public record ExportReport(Path model, List<Path> files, List<QuantizedLayer> quantized, int nodes, long bytes) {
    /**
     * A layer as the written file has it.
     *
     * @param name        the layer's full name
     * @param operator    the operator that computes it: Conv, MatMul, Gemm
     * @param inputScale  the scale on its first input
     * @param weightScales the number of scales on its second input: 1, or the output channels
     */
    public record QuantizedLayer(String name, String operator, float inputScale, int weightScales) {}

    public ExportReport {
        files = List.copyOf(files);
        quantized = List.copyOf(quantized);
    }
}
