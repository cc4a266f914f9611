package io.halftone.api;

import io.halftone.ops.DType;

/**
 * Which pipeline a request is about.
 *
 * @param path        the pipeline folder; empty to find one by the model's name
 * @param model       a name in the configured model folders, where no path is given; beside a path, what outputs are called
 * @param computeType what models compute in: FLOAT32, FLOAT16 or BFLOAT16
 */
public record PipelineSource(String path, String model, DType computeType) {
    public PipelineSource {
        if (path.isEmpty() && model.isEmpty()) {
            throw new IllegalArgumentException("pipeline: found neither a path nor a model; expected one of them");
        }
        if (!computeType.isCompute()) {
            throw new IllegalArgumentException("model dtype: found " + computeType + "; expected Float, Half or BFloat16");
        }
    }

    /** A folder, computed in float32. */
    public static PipelineSource of(java.nio.file.Path folder) {
        return new PipelineSource(folder.toString(), "", DType.FLOAT32);
    }
}
