package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.distribute.Ledger;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CurrentPartTest {
    private final CurrentPart current = new CurrentPart();

    private static Part part() {
        return new Part(ToyWork.units(0, 1), new ToyWork.Sink(), new Ledger.Terms(600_000, 3), new ResultDigests());
    }

    @Test
    void awaitsThePartThatBegins() throws Exception {
        CompletableFuture<Optional<Part>> awaited = CompletableFuture.supplyAsync(current::await);
        Part part = part();
        current.begin(part);
        assertEquals(Optional.of(part), awaited.get(30, TimeUnit.SECONDS));
        current.end();
        assertEquals(Optional.empty(), current.get());
    }

    @Test
    void awaitsNoPartOnceTheSessionIsOver() throws Exception {
        CompletableFuture<Optional<Part>> awaited = CompletableFuture.supplyAsync(current::await);
        current.endSession();
        assertEquals(Optional.empty(), awaited.get(30, TimeUnit.SECONDS));
        current.begin(part());
        assertEquals(Optional.empty(), current.await(), "a part that is about to end");
    }

    @Test
    void doesNotPauseInAPartThatHasEnded() {
        current.begin(part());
        long begun = System.nanoTime();
        current.pauseIn(part(), TimeUnit.MINUTES.toMillis(10));
        assertTrue(System.nanoTime() - begun < TimeUnit.MINUTES.toNanos(5), "it waited in another part");
    }
}
