package io.halftone.api;

import java.util.List;

/**
 * The LoRAs of a pipeline folder.
 *
 * @param fused   those that its weights have fused in: file name, digest and scale, a line each
 * @param unfused layers with a LoRA that is not fused: the file's name, a colon, and the layer
 */
public record LoraReport(List<String> fused, List<String> unfused) {
    public LoraReport {
        fused = List.copyOf(fused);
        unfused = List.copyOf(unfused);
    }
}
