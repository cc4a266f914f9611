package io.halftone.tensorrt.internal;

import io.halftone.files.PathLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.cuda.global.cudart;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.global.nvonnxparser;

/** The native libraries, and why they are not there. */
final class Natives {
    /** What NVIDIA's driver makes on Linux, and on Linux under Windows. */
    private static final List<Path> DRIVER = List.of(Path.of("/dev/nvidiactl"), Path.of("/dev/nvidia0"), Path.of("/dev/dxg"));

    /** The file in JavaCPP's folder that everything of Halftone's locks that loads native libraries through it. */
    private static final String UNPACK_LOCK = "halftone.lock";

    private Natives() {}

    /** Looked for once: a class whose library did not load says another thing when it is asked again. */
    private static final class Once {
        private static final String MISSING = missing(DRIVER).orElse("");
    }

    /** Why there is no TensorRT here; empty if there is. Loads no library where there is no driver. */
    static Optional<String> missing() {
        return Optional.of(Once.MISSING).filter(reason -> !reason.isEmpty());
    }

    /** As {@link #missing()}, where the driver would make one of these. */
    static Optional<String> missing(List<Path> driver) {
        if (driver.stream().noneMatch(Files::exists)) {
            return Optional.of("GPU: found no NVIDIA driver; expected one of " + driver);
        }
        // alone: JavaCPP writes a library anew that was not there when it looked, and ends with SIGBUS a process that is just loading it
        try (PathLock alone = PathLock.alone(Loader.getCacheDir().toPath().resolve(UNPACK_LOCK))) {
            return load("CUDA", cudart.class).or(Natives::devices).or(() -> load("TensorRT", nvinfer.class))
                .or(() -> load("TensorRT's ONNX parser", nvonnxparser.class));
        } catch (IOException e) {
            return Optional.of("TensorRT: found no lock to unpack native libraries under, " + e.getMessage() + "; expected one");
        }
    }

    private static Optional<String> load(String library, Class<?> preset) {
        try {
            Loader.load(preset);
            return Optional.empty();
        } catch (LinkageError e) {
            return Optional.of(library + ": found no library that loads, " + deepest(e).getMessage() + "; expected the native libraries for "
                + Loader.getPlatform());
        }
    }

    private static Optional<String> devices() {
        int[] count = new int[1];
        int code = cudart.cudaGetDeviceCount(count);
        if (code != cudart.cudaSuccess) {
            return Optional.of("GPU: found " + Cuda.text(code) + "; expected a device and a driver for CUDA");
        }
        return count[0] > 0 ? Optional.empty() : Optional.of("GPU: found no device; expected one");
    }

    private static Throwable deepest(Throwable e) {
        return e.getCause() == null ? e : deepest(e.getCause());
    }
}
