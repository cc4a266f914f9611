package io.halftone.torch.internal;

import io.halftone.ops.DeviceException;
import java.util.List;

/** What libtorch throws: a plain exception from a native method, whose message goes on with a stack of native frames. */
final class NativeError {
    /** The device's allocator, the host's ones, C++'s own, and the libraries that take memory without libtorch: cuBLAS, cuDNN and their kin. */
    private static final List<String> OUT_OF_MEMORY = List.of("out of memory", "can't allocate memory", "not enough memory", "bad_alloc",
        "_STATUS_ALLOC_FAILED", "ALLOCATION_FAILED");

    private NativeError() {}

    /**
     * The exception to throw instead: with the place and the message's first line; others are returned as they are. Memory that
     * did not suffice is a {@link DeviceException} that says what to try.
     */
    static RuntimeException in(String where, RuntimeException e) {
        if (!isNative(e)) {
            return e;
        }
        String line = firstLine(e);
        return isOutOfMemory(e) ? new DeviceException(where + ": found " + line.replaceAll("[.\\s]+$", "") + "; expected room for it: choose a smaller "
            + "picture or batch, fewer workers, --model-dtype Half or BFloat16, --tiled-vae where the VAE is named, or fewer resident weights "
            + "(residentWeights in etc/io.halftone.torch.cfg)", e) : new IllegalStateException(where + ": " + line, e);
    }

    /** Whether it says that memory of the device or the host did not suffice. */
    static boolean isOutOfMemory(RuntimeException e) {
        return isNative(e) && OUT_OF_MEMORY.stream().anyMatch(firstLine(e)::contains);
    }

    private static String firstLine(RuntimeException e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static boolean isNative(RuntimeException e) {
        StackTraceElement[] trace = e.getStackTrace();
        return e.getClass() == RuntimeException.class && trace.length > 0 && trace[0].isNativeMethod();
    }
}
