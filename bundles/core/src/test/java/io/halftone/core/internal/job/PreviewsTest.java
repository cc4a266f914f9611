package io.halftone.core.internal.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.Preview;
import io.halftone.core.internal.job.Previews.Pixels;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PreviewsTest {
    private final AtomicLong clock = new AtomicLong();
    private final Previews previews = new Previews(clock::get);

    private static Pixels grey(int value) {
        return new Pixels(1, 1, new byte[] {(byte) value, (byte) value, (byte) value});
    }

    @Test
    void makesNoneThatNobodyAskedFor() {
        assertFalse(previews.take());
        previews.ask();
        assertTrue(previews.take());
        assertFalse(previews.take(), "one for each time that somebody asks");
    }

    @Test
    void givesTheLastAndCounts() {
        assertEquals(Optional.empty(), previews.ask());
        previews.put(1, 4, grey(1));
        previews.put(3, 4, grey(2));
        assertEquals(Optional.of(new Preview(2, 3, 4, 1, 1, new byte[] {2, 2, 2})), previews.ask());
    }

    @Test
    void makesAtMostFourASecond() {
        previews.put(1, 4, grey(1));
        previews.ask();
        clock.addAndGet(249_999_999);
        assertFalse(previews.take());
        clock.incrementAndGet();
        assertTrue(previews.take(), "the wish of before still counts");
    }

    @Test
    void pausesTwentyTimesAsLongAsOneTook() {
        previews.ask();
        assertTrue(previews.take());
        clock.addAndGet(1_000_000_000);
        previews.put(1, 4, grey(1));
        previews.ask();
        clock.addAndGet(19_999_999_999L);
        assertFalse(previews.take());
        clock.incrementAndGet();
        assertTrue(previews.take());
    }

    @Test
    void makesNoneWhereNoneCanBeMade() {
        previews.ask();
        previews.end();
        assertFalse(previews.take());
    }
}
