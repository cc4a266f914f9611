package io.halftone.tensorrt.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * Where timings are kept between builds. Builds in several threads and processes may share one: each adds to what is there when it
 * is done.
 *
 * @param path the file; there is none before the first build
 */
record TimingFile(Path path) {
    /** What is kept; empty if nothing is. */
    byte[] read() throws IOException {
        return Files.isRegularFile(path) ? Files.readAllBytes(path) : new byte[0];
    }

    /** Replaces what is kept, alone among builds, with what is made of it. */
    void update(UnaryOperator<byte[]> change) throws IOException {
        FolderLock.within(path.toAbsolutePath().getParent(), () -> PlanFile.replace(path, change.apply(read())));
    }
}
