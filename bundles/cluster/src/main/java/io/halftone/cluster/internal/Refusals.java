package io.halftone.cluster.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The last members that were refused or that refused this one, with the reason. For several threads. */
final class Refusals {
    private static final int KEPT = 50;
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final Deque<String> last = new ArrayDeque<>();

    /** Notes one; one that is known is not logged again. */
    synchronized void add(String refusal) {
        if (!last.remove(refusal)) {
            LOG.warn("{}", refusal);
        }
        last.addLast(refusal);
        if (last.size() > KEPT) {
            last.removeFirst();
        }
    }

    /** The newest last. */
    synchronized List<String> list() {
        return List.copyOf(last);
    }
}
