package io.halftone.torch.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Held by the one process that unpacks native libraries and loads them. JavaCPP writes a library anew that was not there when it looked,
 * even where another process has written it meanwhile; that process ends with SIGBUS if it is just loading it.
 */
final class UnpackLock implements AutoCloseable {
    private static final String FILE = "halftone.lock";

    private final Optional<FileChannel> channel;

    /** Waits for it. Goes on without one where there can be none: nothing can be unpacked to a folder that cannot be written. */
    UnpackLock(Path folder) {
        Optional<FileChannel> locked = Optional.empty();
        try {
            locked = Optional.of(FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE));
            locked.get().lock();
        } catch (IOException | OverlappingFileLockException e) {
            // a folder that is read only or without locks; or this process holds it for a bundle that was refreshed
        }
        channel = locked;
    }

    @Override
    public void close() throws IOException {
        if (channel.isPresent()) {
            channel.get().close();
        }
    }
}
