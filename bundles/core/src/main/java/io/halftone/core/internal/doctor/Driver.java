package io.halftone.core.internal.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** NVIDIA's driver, from what it puts into the file system: no library of it is loaded. */
final class Driver {
    static final String UNKNOWN = "of unknown version";

    private static final String UNKNOWN_GPU = "a GPU that cannot be read";
    private static final String MODEL = "Model:";
    private static final List<String> DEVICES = List.of("dev/nvidiactl", "dev/nvidia0", "dev/dxg");
    private static final Pattern VERSION = Pattern.compile("(?<![\\w.])\\d{3,}\\.\\d+(?:\\.\\d+)?(?![\\w.])");

    private Driver() {}

    /** Its version below a root folder, or {@link #UNKNOWN}; empty if there is none. */
    static Optional<String> version(Path root) {
        Path file = root.resolve("proc/driver/nvidia/version");
        if (Files.isReadable(file)) {
            try {
                Matcher version = VERSION.matcher(Files.readString(file).lines().findFirst().orElse(""));
                return Optional.of(version.find() ? version.group() : UNKNOWN);
            } catch (IOException e) {
                return Optional.of(UNKNOWN);
            }
        }
        return DEVICES.stream().anyMatch(device -> Files.exists(root.resolve(device))) ? Optional.of(UNKNOWN) : Optional.empty();
    }

    /** The names of the GPUs that it found, in the order of the bus. */
    static List<String> gpus(Path root) {
        Path folder = root.resolve("proc/driver/nvidia/gpus");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> gpus = Files.list(folder)) {
            return gpus.sorted().map(gpu -> model(gpu.resolve("information"))).toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String model(Path information) {
        try (Stream<String> lines = Files.lines(information)) {
            return lines.filter(line -> line.startsWith(MODEL)).map(line -> line.substring(MODEL.length()).strip()).findFirst().orElse(UNKNOWN_GPU);
        } catch (IOException e) {
            return UNKNOWN_GPU;
        }
    }
}
