package io.halftone.api;

import java.util.List;

/**
 * What was exported.
 *
 * @param model           the file to load
 * @param files           all files
 * @param quantizedLayers layers whose Q/DQ pairs were read back from the written file
 * @param nodes           operators in the graph
 * @param bytes           all files together
 * @param seconds         time taken
 * @param note            what a reader must know, such as that the weights are synthetic; empty if nothing
 */
public record ExportResult(String model, List<String> files, int quantizedLayers, int nodes, long bytes, double seconds, String note) {
    public ExportResult {
        files = List.copyOf(files);
    }
}
