package io.halftone.core.internal.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.Preview;
import io.halftone.core.internal.job.Previews.Pixels;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    void makesOneAtATimeHoweverOftenSomebodyAsks() throws Exception {
        previews.ask();
        assertTrue(previews.take());
        previews.ask();
        assertFalse(CompletableFuture.supplyAsync(previews::take).get(), "another worker, while the first makes one, and it does not wait");
        clock.addAndGet(1_000_000_000);
        previews.put(1, 4, grey(1));
        clock.addAndGet(19_999_999_999L);
        assertFalse(previews.take(), "the pause is that of the one that was made");
        clock.incrementAndGet();
        assertTrue(previews.take(), "the wish of meanwhile still counts");
    }

    @Test
    void makesAnotherWhereOneCameToNothing() {
        previews.ask();
        assertTrue(previews.take());
        previews.drop();
        assertFalse(previews.take(), "nobody has asked since");
        previews.ask();
        assertTrue(previews.take());
    }

    @Test
    void makesOneForEachWishWhereManyWorkersAsk() throws Exception {
        var making = new AtomicInteger();
        var most = new AtomicInteger();
        var pictures = new AtomicInteger();
        var workers = Executors.newFixedThreadPool(8);
        for (int i = 0; i < 8; i++) {
            workers.execute(() -> {
                for (int call = 0; call < 2000; call++) {
                    previews.ask();
                    if (previews.take()) {
                        most.accumulateAndGet(making.incrementAndGet(), Math::max);
                        pictures.incrementAndGet();
                        clock.addAndGet(250_000_000L);
                        making.decrementAndGet();
                        previews.put(call, 2000, grey(1));
                    }
                    clock.addAndGet(250_000_000L);
                }
            });
        }
        workers.shutdown();
        assertTrue(workers.awaitTermination(30, TimeUnit.SECONDS));
        assertEquals(1, most.get());
        assertEquals(pictures.get(), previews.ask().orElseThrow().number());
    }

    @Test
    void makesNoneWhereNoneCanBeMade() {
        previews.ask();
        previews.end();
        assertFalse(previews.take());
    }
}
