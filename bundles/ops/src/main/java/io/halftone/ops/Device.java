package io.halftone.ops;

/**
 * What tensors are computed on. Bits depend on it: statistics of two devices of different names are not of one calibration.
 *
 * @param name  {@code CPU}, or what the GPU is sold as, such as {@code NVIDIA H100 80GB HBM3}
 * @param index the GPU, counted from 0, as in {@link TensorView#device()}; -1 for the host
 */
public record Device(String name, int index) {
    /** The processor, and tensors in its memory. */
    public static final Device HOST = new Device("CPU", -1);

    /** Whether tensors are in host memory. */
    public boolean isHost() {
        return index < 0;
    }
}
