package io.halftone.tensorrt.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.UnaryOperator;

/**
 * Where timings are kept between builds. Builds in several threads and processes may share one: each adds to what is there when it
 * is done.
 *
 * @param path the file; there is none before the first build
 */
record TimingFile(Path path) {
    private static final Object LOCK = new Object();      // a file's lock is the whole process's

    /** What is kept; empty if nothing is. */
    byte[] read() throws IOException {
        return Files.isRegularFile(path) ? Files.readAllBytes(path) : new byte[0];
    }

    /** Replaces what is kept, alone among builds, with what is made of it. */
    void update(UnaryOperator<byte[]> change) throws IOException {
        synchronized (LOCK) {
            Path lock = path.resolveSibling(path.getFileName() + ".lock");
            try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE); var held = channel.lock()) {
                PlanFile.replace(path, change.apply(read()));
            }
        }
    }
}
