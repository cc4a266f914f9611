package io.halftone.cluster.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last members that were refused or that refused this one, with the reason. Whoever reaches the port can have himself refused as often
 * as he likes: such refusals are kept apart, and few of them are logged. For several threads.
 */
final class Refusals {
    private static final int KEPT = 50;
    private static final int STRANGERS_KEPT = 10;
    private static final long MINUTE = TimeUnit.MINUTES.toMillis(1);
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final LongSupplier millis;
    /** What was refused, and when: a number that grows. */
    private final Map<String, Long> members = new LinkedHashMap<>();
    private final Map<String, Long> strangers = new LinkedHashMap<>();
    private long count;
    private long minuteBegan;
    private int inMinute;
    private int untold;

    Refusals() {
        this(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
    }

    /** With a clock of milliseconds. */
    Refusals(LongSupplier millis) {
        this.millis = millis;
        this.minuteBegan = millis.getAsLong();
    }

    /** Notes one; one that is known is not logged again. */
    synchronized void add(String refusal) {
        if (note(members, refusal, KEPT)) {
            LOG.warn("{}", refusal);
        }
    }

    /**
     * Notes one of a process that has not shown that it knows the secret.
     *
     * @return the lines to be logged: ten in a minute at most, and then how many there were besides
     */
    synchronized List<String> addStranger(String refusal) {
        List<String> told = new ArrayList<>();
        if (millis.getAsLong() - minuteBegan >= MINUTE) {
            if (untold > 0) {
                told.add("cluster: found " + untold + " more connections that were refused; expected members");
            }
            minuteBegan = millis.getAsLong();
            inMinute = 0;
            untold = 0;
        }
        boolean known = !note(strangers, refusal, STRANGERS_KEPT);
        if (inMinute < STRANGERS_KEPT && !known) {
            told.add(refusal);
            inMinute++;
        } else {
            untold++;
        }
        told.forEach(line -> LOG.warn("{}", line));
        return told;
    }

    /** Whether it is new. */
    private boolean note(Map<String, Long> kept, String refusal, int most) {
        boolean first = kept.remove(refusal) == null;
        kept.put(refusal, ++count);
        if (kept.size() > most) {
            kept.remove(kept.keySet().iterator().next());
        }
        return first;
    }

    /** The newest last. */
    synchronized List<String> list() {
        return since(0);
    }

    /** How many there were so far. */
    synchronized long count() {
        return count;
    }

    /** Those after that many, the newest last. */
    synchronized List<String> since(long before) {
        Map<String, Long> all = new LinkedHashMap<>(strangers);
        all.putAll(members);
        return all.entrySet().stream().filter(one -> one.getValue() > before).sorted(Comparator.comparingLong(Map.Entry::getValue)).map(Map.Entry::getKey)
            .toList();
    }
}
