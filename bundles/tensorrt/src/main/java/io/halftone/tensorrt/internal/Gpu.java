package io.halftone.tensorrt.internal;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * A device.
 *
 * @param index      counted from 0
 * @param capability compute capability
 * @param total      bytes of its memory
 * @param free       bytes that nobody has; -1 where that was not asked
 */
record Gpu(int index, String name, Version capability, long total, long free) {
    /**
     * All devices; CUDA is loaded.
     *
     * @param asked the device whose free memory is asked for: that sets it up, which takes a part of a second; -1 for none
     */
    static List<Gpu> all(int asked) {
        int[] count = new int[1];
        Cuda.check("GPU", cudart.cudaGetDeviceCount(count));
        List<Gpu> all = new ArrayList<>();
        try (var scope = new PointerScope()) {
            for (int i = 0; i < count[0]; i++) {
                SizeTPointer total = new SizeTPointer(1);
                Cuda.check("device " + i, cudart.cuDeviceTotalMem(total, i));
                Version capability = new Version(Cuda.attribute(i, cudart.cudaDevAttrComputeCapabilityMajor),
                    Cuda.attribute(i, cudart.cudaDevAttrComputeCapabilityMinor));
                all.add(new Gpu(i, Cuda.name(i), capability, total.get(), i == asked ? free(i) : -1));
            }
        }
        return all;
    }

    private static long free(int device) {
        int before = Cuda.enter(device);
        try (var scope = new PointerScope()) {
            SizeTPointer free = new SizeTPointer(1);
            Cuda.check("device " + device, cudart.cudaMemGetInfo(free, new SizeTPointer(1)));
            return free.get();
        } finally {
            Cuda.leave(before, device);
        }
    }
}
