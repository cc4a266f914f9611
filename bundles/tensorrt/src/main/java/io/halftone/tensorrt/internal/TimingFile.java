package io.halftone.tensorrt.internal;

import io.halftone.files.PathLock;
import io.halftone.files.Staging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where timings are kept between builds. Builds in several threads and processes may share one: each adds to what is there when it
 * is done.
 *
 * @param path the file; there is none before the first build
 */
record TimingFile(Path path) {
    private static final Logger LOG = LoggerFactory.getLogger(TimingFile.class);

    /** What is kept; empty if nothing is. */
    byte[] read() throws IOException {
        return Files.isRegularFile(path) ? Files.readAllBytes(path) : new byte[0];
    }

    /** Replaces what is kept, alone among builds, with what is made of it. */
    void update(UnaryOperator<byte[]> change) throws IOException {
        // its lock's file stays: who removed it would take it from those who wait
        try (PathLock lock = PathLock.alone(path.resolveSibling("." + path.getFileName() + ".lock"))) {
            if (!lock.spansProcesses()) {
                LOG.warn("{}: no lock against builds of other processes", path);
            }
            Staging.write(path, change.apply(read()));
        }
    }
}
