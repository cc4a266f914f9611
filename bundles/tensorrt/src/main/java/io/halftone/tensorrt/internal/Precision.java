package io.halftone.tensorrt.internal;

/**
 * What a model's products may be quantized to, and what that takes. Sources: TensorRT's release notes of 9.2 (INT8 of diffusion
 * models), 10.2 (FP8 convolutions and products), 10.5 (the oldest GPUs are those of 7.5), 10.8 (4-bit floats) and 10.12 (MXFP8); its
 * support matrix, hardware and precision.
 */
enum Precision {
    INT8("INT8", new Version(9, 2), new Version(7, 5), "Turing"),
    FP8("FP8", new Version(10, 2), new Version(8, 9), "Ada or Hopper"),
    NVFP4("NVFP4", new Version(10, 8), new Version(10, 0), "Blackwell"),
    MXFP8("MXFP8", new Version(10, 12), new Version(10, 0), "Blackwell");

    private final String title;
    private final Version tensorRt;
    private final Version capability;
    private final String generation;

    Precision(String title, Version tensorRt, Version capability, String generation) {
        this.title = title;
        this.tensorRt = tensorRt;
        this.capability = capability;
        this.generation = generation;
    }

    /** The first version of TensorRT that takes it. */
    Version tensorRt() {
        return tensorRt;
    }

    /** The least compute capability that runs it. */
    Version capability() {
        return capability;
    }

    /** The first generation of GPUs that runs it. */
    String generation() {
        return generation;
    }

    @Override
    public String toString() {
        return title;
    }
}
