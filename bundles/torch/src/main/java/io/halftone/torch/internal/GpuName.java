package io.halftone.torch.internal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What GPUs are sold as. libtorch has it only beside CUDA's own binding; the driver for Linux says it in files. */
final class GpuName {
    private static final Path DRIVER = Path.of("/proc/driver/nvidia/gpus");
    private static final String KEY = "Model:";

    private GpuName() {}

    /** The name of a CUDA device; none where the driver does not tell. */
    static Optional<String> of(int index) {
        return of(DRIVER, index);
    }

    /** As {@link #of(int)}, with the driver's files in that folder: one for each GPU, in an order that need not be CUDA's. */
    static Optional<String> of(Path driver, int index) {
        TreeSet<String> names = new TreeSet<>();
        try (Stream<Path> gpus = Files.list(driver)) {
            for (Path gpu : gpus.toList()) {
                try (Stream<String> lines = Files.lines(gpu.resolve("information"))) {
                    lines.filter(line -> line.startsWith(KEY)).map(line -> line.substring(KEY.length()).strip()).forEach(names::add);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();   // another system, or a container without these files
        }
        return names.isEmpty() ? Optional.empty()
            : Optional.of(names.size() == 1 ? names.first() : String.join(" or ", names) + ", device " + index);
    }
}
