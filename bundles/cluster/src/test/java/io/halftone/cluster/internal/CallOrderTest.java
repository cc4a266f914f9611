package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CallOrderTest {
    private final CallOrder order = new CallOrder();
    private final UUID sender = new UUID(1, 2);

    @Test
    void takesEachNumberOfEachSenderOnce() {
        assertTrue(order.add(sender, 5));
        assertTrue(order.add(sender, 3));
        assertTrue(order.add(new UUID(1, 3), 5));
        assertFalse(order.add(sender, 5));
        assertFalse(order.add(sender, 3));
        assertFalse(order.add(sender, 0));
        assertFalse(order.add(sender, -7));
    }

    @Test
    void takesWhatLagsBehindByAWindowForOld() {
        assertTrue(order.add(sender, CallOrder.WINDOW + 10L));
        assertTrue(order.add(sender, 11));
        assertFalse(order.add(sender, 10));
        assertTrue(order.add(sender, 1_000_000_000_000L));
        assertFalse(order.add(sender, CallOrder.WINDOW + 11L));
    }

    /** Calls that overtake each other by less than a window, jumps of several windows, and every call sent again: against a set of all. */
    @Test
    void agreesWithASetOfAllNumbers() {
        Random random = new Random(9);
        Set<Long> seen = new HashSet<>();
        long newest = 0;
        for (int i = 0; i < 100_000; i++) {
            long ahead = random.nextInt(1_000) == 0 ? random.nextInt(3 * CallOrder.WINDOW) : random.nextInt(3);
            long number = random.nextBoolean() ? newest + ahead : Math.max(1, newest - random.nextInt(CallOrder.WINDOW));
            boolean first = number > 0 && seen.add(number);
            newest = Math.max(newest, number);
            assertEquals(first, order.add(sender, number), "number " + number);
        }
    }
}
