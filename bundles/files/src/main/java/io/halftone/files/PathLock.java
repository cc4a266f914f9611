package io.halftone.files;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A lock with the name of a file, among threads and processes: one holder alone, or several that share it. The system drops it when a
 * process dies, however it dies. The file is made if it is not there, and stays. Where a file system has no locks, or the file cannot be
 * made, it holds within this process only.
 *
 * <p>A system's file lock belongs to the whole process and is lost when any of its channels to the file is closed. So there is one
 * channel to a file here, however many ask for it.
 */
public final class PathLock implements AutoCloseable {
    private static final Set<StandardOpenOption> CREATE = Set.of(StandardOpenOption.CREATE);
    private static final long PAUSE_MILLIS = 10;
    private static final Map<Path, Held> HELD = new HashMap<>();

    /** What this process has of a file; guarded by the map it is in. */
    private static final class Held {
        private final boolean shared;
        private final FileChannel channel;
        private final boolean spansProcesses;
        private int holders = 1;

        Held(boolean shared, FileChannel channel, boolean spansProcesses) {
            this.shared = shared;
            this.channel = channel;
            this.spansProcesses = spansProcesses;
        }

        void close() throws IOException {
            if (channel != null) {
                channel.close();       // and with it the lock
            }
        }
    }

    private final Path file;
    private final Held held;
    private boolean open = true;

    private PathLock(Path file, Held held) {
        this.file = file;
        this.held = held;
    }

    /**
     * The lock for one holder alone; empty if anybody has it.
     *
     * @throws IOException if the file's folder is not there
     */
    public static Optional<PathLock> tryAlone(Path file) throws IOException {
        return tryLock(file, false, CREATE);
    }

    /**
     * The lock for one holder alone, once nobody else has it.
     *
     * @throws InterruptedIOException if the thread is interrupted meanwhile
     * @throws IOException            if the file's folder is not there
     */
    public static PathLock alone(Path file) throws IOException {
        for (;;) {
            Optional<PathLock> lock = tryAlone(file);
            if (lock.isPresent()) {
                return lock.get();
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException(file + ": found an interruption; expected the lock to become free");
            }
        }
    }

    /**
     * The lock for holders that share it; empty if somebody has it alone.
     *
     * @throws IOException if the file's folder is not there
     */
    public static Optional<PathLock> tryShared(Path file) throws IOException {
        return tryLock(file, true, CREATE);
    }

    private static Optional<PathLock> tryLock(Path file, boolean shared, Set<? extends OpenOption> how) throws IOException {
        Path absolute = file.toAbsolutePath();
        Path real = absolute.getParent().toRealPath().resolve(absolute.getFileName());
        synchronized (HELD) {
            Held there = HELD.get(real);
            if (there != null) {
                if (!shared || !there.shared) {
                    return Optional.empty();
                }
                there.holders++;
                return Optional.of(new PathLock(real, there));
            }
            Optional<Held> held = open(real, shared, how);
            held.ifPresent(its -> HELD.put(real, its));
            return held.map(its -> new PathLock(real, its));
        }
    }

    /** The lock for one holder alone of a file that is there; empty if anybody has it, or it is not there. */
    static Optional<PathLock> tryExisting(Path file) throws IOException {
        return Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? tryLock(file, false, Set.of()) : Optional.empty();
    }

    private static Optional<Held> open(Path file, boolean shared, Set<? extends OpenOption> how) throws IOException {
        Set<OpenOption> options = new HashSet<>(how);
        options.addAll(List.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
        FileChannel channel;
        try {
            channel = FileChannel.open(file, options);
        } catch (IOException e) {
            return how.isEmpty() ? Optional.empty() : Optional.of(new Held(shared, null, false));
        }
        boolean kept = false;
        try {
            kept = channel.tryLock(0, Long.MAX_VALUE, shared) != null;
            return kept ? Optional.of(new Held(shared, channel, true)) : Optional.empty();
        } catch (OverlappingFileLockException e) {
            return Optional.empty();       // held by another copy of this class
        } catch (IOException e) {
            kept = true;
            return Optional.of(new Held(shared, channel, false));
        } finally {
            if (!kept) {
                channel.close();
            }
        }
    }

    /** Whether other processes see it. */
    public boolean spansProcesses() {
        return held.spansProcesses;
    }

    /** Gives it back. */
    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            if (!open) {
                return;
            }
            open = false;
            if (--held.holders == 0) {
                HELD.remove(file);
                held.close();
            }
        }
    }
}
