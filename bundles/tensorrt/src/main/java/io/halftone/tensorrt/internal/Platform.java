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
    private static final double FLOAT8_CAPABILITY = 8.9;

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

    /** Refuses a model with 8-bit floats on a GPU without. */
    void expectRuns(OnnxFile model) {
        if (model.float8() && Double.parseDouble(capability) < FLOAT8_CAPABILITY) {
            throw new EngineException(model.file() + ": found 8-bit floats; expected INT8 or a 16-bit model, since " + gpu
                + " has compute capability " + capability + " and 8-bit floats need 8.9");
        }
    }
}
