package io.halftone.api;

import java.util.List;

/**
 * Write a pipeline folder whose weights have LoRAs fused in.
 *
 * @param source    the pipeline
 * @param loras     added up; none to take out what was fused, which gives back the weights as they were, bit for bit
 * @param directory folder to write; must not hold anything
 */
public record FuseLoraRequest(PipelineSource source, List<LoraSource> loras, String directory) {
    public FuseLoraRequest {
        loras = List.copyOf(loras);
    }
}
