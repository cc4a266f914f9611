package io.halftone.tensorrt.internal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets one build at a time, of all processes, change the files of a folder that others change as well. Its file stays. */
final class FolderLock {
    private static final Logger LOG = LoggerFactory.getLogger(FolderLock.class);
    private static final String FILE = ".plan-lock";
    private static final Object PROCESS = new Object();      // the system's lock is the whole process's

    /** What is done alone. */
    interface Body {
        void run() throws IOException;
    }

    private FolderLock() {}

    /** Waits until no other build holds the folder, and does that. */
    static void within(Path folder, Body body) throws IOException {
        synchronized (PROCESS) {
            // closing the channel releases the lock
            try (FileChannel channel = FileChannel.open(folder.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                lock(channel, folder);
                body.run();
            }
        }
    }

    /** Some file systems have no locks: better an unlikely mix of two builds there than none at all. */
    private static void lock(FileChannel channel, Path folder) {
        try {
            channel.lock();
        } catch (IOException e) {
            LOG.warn("{}: no lock against builds of other processes: {}", folder, e.getMessage());
        }
    }
}
