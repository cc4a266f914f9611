package io.halftone.export;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What an engine is made of.
 *
 * @param file            the engine file
 * @param files           all files that the engine needs, the engine file first
 * @param runtime         name and version of what runs it
 * @param device          what it runs on, with its threads
 * @param integerLayers   the quantized layers that run in 8-bit kernels, integer or float, by full name
 * @param floatLayers     the quantized layers that run in wider types between their Q/DQ pairs
 * @param operators       how often each operator stands in the engine's own graph
 * @param lowShare        the multiply-adds whose operands have 8 bits or fewer, of all of the model's at usual shapes, 0 to 1; NaN where
 *                        the model does not say how many there are
 * @param layers          the quantized layers and all attentions, where the engine shows its layers; empty where it does not
 */
public record EngineReport(Path file, List<Path> files, String runtime, String device, List<String> integerLayers, List<String> floatLayers,
                           Map<String, Integer> operators, double lowShare, List<LayerReport> layers) {
    public EngineReport {
        files = List.copyOf(files);
        integerLayers = List.copyOf(integerLayers);
        floatLayers = List.copyOf(floatLayers);
        operators = Collections.unmodifiableMap(new TreeMap<>(operators));
        layers = List.copyOf(layers);
    }

    /** Of an engine that shows neither its layers nor a share. */
    public EngineReport(Path file, List<Path> files, String runtime, String device, List<String> integerLayers, List<String> floatLayers,
                        Map<String, Integer> operators) {
        this(file, files, runtime, device, integerLayers, floatLayers, operators, Double.NaN, List.of());
    }

    /** The attentions among the layers. */
    public List<LayerReport> attentions() {
        return layers.stream().filter(layer -> layer.operator().equals(LayerReport.ATTENTION)).toList();
    }
}
