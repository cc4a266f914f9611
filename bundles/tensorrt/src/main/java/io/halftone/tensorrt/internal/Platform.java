package io.halftone.tensorrt.internal;

import io.halftone.export.EngineException;

/**
 * What engines are built for and run on.
 *
 * @param tensorRt   version of TensorRT, as {@code 10.6.0}
 * @param cuda       version of the CUDA runtime, as {@code 13.0}
 * @param gpu        the device's name
 * @param capability compute capability, as {@code 9.0}
 */
record Platform(String tensorRt, String cuda, String gpu, String capability) {
    /** The first number of TensorRT's version. */
    int major() {
        return Integer.parseInt(tensorRt.substring(0, tensorRt.indexOf('.')));
    }

    String runtime() {
        return "TensorRT " + tensorRt;
    }

    String device() {
        return gpu + ", compute capability " + capability + ", CUDA " + cuda;
    }

    /**
     * Refuses an engine of another TensorRT or GPU: neither runs it.
     *
     * @param where what messages call the engine
     */
    void expect(String where, Platform built) {
        if (!built.tensorRt.equals(tensorRt)) {
            throw new EngineException(where + ": found an engine built by TensorRT " + built.tensorRt + "; expected one built by "
                + tensorRt + ": build it again");
        }
        if (!built.gpu.equals(gpu) || !built.capability.equals(capability)) {
            throw new EngineException(where + ": found an engine built for " + built.gpu + " (compute capability " + built.capability
                + "); expected one for " + gpu + " (" + capability + "): build it again");
        }
    }

    /** Refuses a model whose precisions this TensorRT does not build or this GPU does not run. */
    void expectRuns(OnnxFile model) {
        for (Precision precision : model.precisions()) {
            Support.of(this).refusal(precision).ifPresent(refusal -> {
                throw new EngineException(model.file() + ": " + precision + " on " + gpu + ": " + refusal);
            });
        }
    }
}
