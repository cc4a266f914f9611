package io.halftone.core.internal.job;

import io.halftone.api.ProgressListener;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;

/** How a task tells how far it is and what it wrote, and hears that it should stop. */
public final class Monitor {
    private final ProgressListener listener;
    private final Previews previews = new Previews(System::nanoTime);
    private final Map<Path, String> digests = new ConcurrentHashMap<>();
    private volatile boolean cancelled;

    Monitor(ProgressListener listener) {
        this.listener = listener;
    }

    /** A monitor that nobody watches. */
    public static Monitor silent() {
        return new Monitor(ProgressListener.NONE);
    }

    void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** The pictures of the latents that the task works on. */
    public Previews previews() {
        return previews;
    }

    /** Tells that a file was written, and its SHA-256 in hexadecimal. */
    public void wrote(Path file, String sha256) {
        digests.put(file.toAbsolutePath().normalize(), sha256);
    }

    /** What was told of a file that was written. */
    public Optional<String> sha256(Path file) {
        return Optional.ofNullable(digests.get(file.toAbsolutePath().normalize()));
    }

    /** Throws {@link CancellationException} if the job is to stop. */
    public void check() {
        if (cancelled) {
            throw new CancellationException("cancelled");
        }
    }

    /** Tells that a stage begins whose length is not known, and checks. */
    public void begins(String stage) {
        progress(stage, 0, 0, "");
    }

    /** Tells how far a stage is, and checks. */
    public void progress(String stage, long done, long total, String unit) {
        check();
        listener.progress(new ProgressListener.Progress(stage, done, total, unit));
    }
}
