package io.halftone.export;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What an engine is made of.
 *
 * @param file            the engine file
 * @param files           all files that the engine needs, the engine file first
 * @param runtime         name and version of what runs it
 * @param device          what it runs on, with its threads
 * @param integerLayers   the quantized layers that run in integer kernels, by full name
 * @param floatLayers     the quantized layers that run in floating point between their Q/DQ pairs
 * @param operators       how often each operator stands in the engine's own graph
 */
public record EngineReport(Path file, List<Path> files, String runtime, String device, List<String> integerLayers, List<String> floatLayers,
                           Map<String, Integer> operators) {
    public EngineReport {
        files = List.copyOf(files);
        integerLayers = List.copyOf(integerLayers);
        floatLayers = List.copyOf(floatLayers);
        operators = java.util.Collections.unmodifiableMap(new java.util.TreeMap<>(operators));
    }
}
