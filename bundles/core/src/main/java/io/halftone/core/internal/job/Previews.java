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
    private final AtomicBoolean making = new AtomicBoolean();   // whoever set it alone writes what follows, until it is unset
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

    /**
     * Whether a picture is to be made now. Who is told so makes it, and says how that ended with {@link #put}, {@link #drop} or {@link #end}: until then
     * no other thread is told so, and none waits.
     */
    public boolean take() {
        if (!wanted.get() || ended || !making.compareAndSet(false, true)) {   // one read of a field, where nobody watches
            return false;
        }
        Made last = made;
        long now = clock.getAsLong();
        if (last != null && now - last.next() < 0 || !wanted.compareAndSet(true, false)) {
            making.set(false);
            return false;
        }
        taken = now;
        return true;
    }

    /** A picture was made, of latents that have that many calls of the backbone behind them. */
    public void put(int call, int calls, Pixels pixels) {
        long number = made == null ? 1 : made.preview().number() + 1;
        long now = clock.getAsLong();
        made = new Made(new Preview(number, call, calls, pixels.width(), pixels.height(), pixels.rgb()),
            now + Math.max(LEAST_PAUSE_NANOS, PAUSES * (now - taken)));
        making.set(false);
    }

    /** The picture that was to be made comes to nothing, and another thread may make one. */
    public void drop() {
        making.set(false);
    }

    /** None can be made: nobody is told to from here on. */
    public void end() {
        ended = true;
    }
}
