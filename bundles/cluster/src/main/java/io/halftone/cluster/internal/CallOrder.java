package io.halftone.cluster.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Which calls of others have arrived, so that each counts once: what was recorded and is sent again is told from a call that is new. Every
 * process numbers its calls from 1; they may overtake each other. For several threads.
 */
final class CallOrder {
    /** How far a call may lag behind the newest of its sender; one that lags more is taken for an old one, and its sender calls again. */
    static final int WINDOW = 32_768;

    private final Map<UUID, Seen> senders = new HashMap<>();

    /** The newest number of a sender, and which of those before it have arrived. */
    private static final class Seen {
        private final long[] bits = new long[WINDOW / Long.SIZE];
        private long newest;

        boolean add(long number) {
            if (number <= newest - WINDOW) {
                return false;
            }
            for (long passed = Math.max(newest + 1, number - WINDOW + 1); passed <= number; passed++) {
                bits[word(passed)] &= ~bit(passed);   // what was there is out of the window now
            }
            newest = Math.max(newest, number);
            boolean first = (bits[word(number)] & bit(number)) == 0;
            bits[word(number)] |= bit(number);
            return first;
        }

        private static int word(long number) {
            return (int) (number % WINDOW / Long.SIZE);
        }

        private static long bit(long number) {
            return 1L << number % Long.SIZE;
        }
    }

    /** Whether a call is new. Only calls whose tag is right may come here: each sender costs memory. */
    synchronized boolean add(UUID sender, long number) {
        return number > 0 && senders.computeIfAbsent(sender, key -> new Seen()).add(number);
    }
}
