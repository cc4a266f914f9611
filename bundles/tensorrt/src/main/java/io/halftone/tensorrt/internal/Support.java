package io.halftone.tensorrt.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What can be built and run: the one place with these rules.
 *
 * @param tensorRt   its version
 * @param capability compute capability of the GPU
 * @param tegra      whether this is a Jetson
 */
record Support(Version tensorRt, Version capability, boolean tegra) {
    private static final List<Path> TEGRA = List.of(Path.of("etc/nv_tegra_release"), Path.of("sys/module/tegra_fuse"));

    /** That of a platform, on this machine. */
    static Support of(Platform platform) {
        return new Support(Version.of(platform.tensorRt()), Version.of(platform.capability()), isTegra(Path.of("/")));
    }

    /** Whether the machine whose files are below a root is a Jetson. */
    static boolean isTegra(Path root) {
        return TEGRA.stream().anyMatch(file -> Files.exists(root.resolve(file)));
    }

    /** Why a precision cannot be built or run here, as {@code found X; expected Y}; empty where it can. */
    Optional<String> refusal(Precision precision) {
        if (tegra) {
            return Optional.of("found a Jetson; expected a GPU of its own in a PC or server: engines of quantized diffusion models are not built on "
                + "Tegra");
        }
        if (!tensorRt.isAtLeast(precision.tensorRt())) {
            return Optional.of("found TensorRT " + tensorRt + "; expected " + precision.tensorRt() + " or later, which " + precision + " needs");
        }
        if (!capability.isAtLeast(precision.capability())) {
            return Optional.of("found compute capability " + capability + "; expected " + precision.capability() + " (" + precision.generation()
                + ") or later, which " + precision + " needs");
        }
        return Optional.empty();
    }

    /** What can be built and run here. */
    List<Precision> supported() {
        return Arrays.stream(Precision.values()).filter(precision -> refusal(precision).isEmpty()).toList();
    }
}
