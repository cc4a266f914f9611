package io.halftone.api;

import io.halftone.ops.DType;
import java.util.List;

/**
 * Which pipeline a request is about.
 *
 * @param path        the pipeline folder; empty to find one by the model's name
 * @param model       a name in the configured model folders, where no path is given; beside a path, what outputs are called
 * @param computeType what models compute in: FLOAT32, FLOAT16 or BFLOAT16
 * @param loras       fused into the weights as they are read
 * @param leaveLoras  whether LoRA files that lie in the folder unfused may be left aside when it is quantized
 * @param device      what tensors are computed on: {@code cpu}, {@code cuda}, {@code cuda:1} ..., or {@code auto} for a CUDA device
 *                    if there is one; empty for the configured one. An engine that has a choice of devices takes the same. Work that
 *                    falls into units takes several of one kind, {@code cuda:0,cuda:1}: a worker computes on each
 */
public record PipelineSource(String path, String model, DType computeType, List<LoraSource> loras, boolean leaveLoras, String device) {
    public PipelineSource {
        loras = List.copyOf(loras);
        if (path.isEmpty() && model.isEmpty()) {
            throw new IllegalArgumentException("pipeline: found neither a path nor a model; expected one of them");
        }
        if (!computeType.isCompute()) {
            throw new IllegalArgumentException("model dtype: found " + computeType + "; expected Float, Half or BFloat16");
        }
    }

    /** On the configured device. */
    public PipelineSource(String path, String model, DType computeType, List<LoraSource> loras, boolean leaveLoras) {
        this(path, model, computeType, loras, leaveLoras, "");
    }

    /** A pipeline as its folder has it; LoRA files beside it are not left aside. */
    public PipelineSource(String path, String model, DType computeType) {
        this(path, model, computeType, List.of(), false);
    }

    /** The same pipeline on another device. */
    public PipelineSource on(String otherDevice) {
        return new PipelineSource(path, model, computeType, loras, leaveLoras, otherDevice);
    }

    /** A folder, computed in float32. */
    public static PipelineSource of(java.nio.file.Path folder) {
        return new PipelineSource(folder.toString(), "", DType.FLOAT32);
    }
}
