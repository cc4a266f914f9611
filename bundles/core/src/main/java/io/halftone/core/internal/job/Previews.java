package io.halftone.core.internal.job;

import io.halftone.api.Preview;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/** Pictures of a job's latents, made only when somebody has asked since the last one. */
public final class Previews {
    private static final long LEAST_PAUSE_NANOS = 250_000_000;
    /** Making them takes a twentieth of the time at most. */
    private static final long PAUSES = 20;

    private final LongSupplier clock;
    private final AtomicBoolean wanted = new AtomicBoolean();
    private volatile Made made;
    private volatile long taken;
    private volatile boolean ended;

    private record Made(Preview preview, long next) {}

    /** A picture's pixels: red, green and blue of each, row by row. */
    public record Pixels(int width, int height, byte[] rgb) {}

    /**
     * @param clock nanoseconds that only go forward
     */
    Previews(LongSupplier clock) {
        this.clock = clock;
    }

    /** The last picture, and a wish for the next. */
    Optional<Preview> ask() {
        wanted.set(true);
        return Optional.ofNullable(made).map(Made::preview);
    }

    /** Whether a picture is to be made now. Who is told so makes it: of several threads one is. */
    public boolean take() {
        if (!wanted.get() || ended) {   // one read of a field, where nobody watches
            return false;
        }
        Made last = made;
        long now = clock.getAsLong();
        if (last != null && now - last.next() < 0 || !wanted.compareAndSet(true, false)) {
            return false;
        }
        taken = now;
        return true;
    }

    /** A picture was made, of latents that have that many calls of the backbone behind them. */
    public synchronized void put(int call, int calls, Pixels pixels) {
        long number = made == null ? 1 : made.preview().number() + 1;
        long now = clock.getAsLong();
        made = new Made(new Preview(number, call, calls, pixels.width(), pixels.height(), pixels.rgb()),
            now + Math.max(LEAST_PAUSE_NANOS, PAUSES * (now - taken)));
    }

    /** None can be made: nobody is told to from here on. */
    public void end() {
        ended = true;
    }
}
