package io.halftone.cluster.internal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * Members that were offered the work of a session, by their lives, and what each made of it. It knows no clock: times are given, in
 * milliseconds. For several threads.
 */
final class Roster {
    /** A member that rests may work again soon. */
    static final long ASK_RESTING = TimeUnit.SECONDS.toMillis(5);
    /** One that refused may have got another version of a plugin, and one that took the work and says nothing may have lost it. */
    static final long ASK_AGAIN = TimeUnit.SECONDS.toMillis(60);
    /** How long all refuse before there is nobody to wait for: members that start together do not come together. */
    static final long GRACE = TimeUnit.SECONDS.toMillis(2);

    private enum Stand { ASKED, TAKEN, RESTS, REFUSES }

    /** A member. */
    private static final class Entry {
        private Stand stand = Stand.ASKED;
        private long heard;
        private String refusal = "";
    }

    private final Map<UUID, Entry> entries = new LinkedHashMap<>();
    private final Map<UUID, Set<String>> workers = new LinkedHashMap<>();
    private long strandedSince = -1;

    /** Whether a member is to be offered the work now; if so, it is asked from now on. */
    synchronized boolean isToAsk(UUID life, long now) {
        Entry entry = entries.get(life);
        if (entry == null) {
            entry = new Entry();
            entries.put(life, entry);
        } else {
            long silence = now - entry.heard;
            boolean again = entry.stand == Stand.RESTS ? silence >= ASK_RESTING : entry.stand != Stand.ASKED && silence >= ASK_AGAIN;
            if (!again) {
                return false;
            }
            entry.stand = Stand.ASKED;
        }
        entry.heard = now;
        return true;
    }

    /** It has answered that it takes the work, and opens it; whether that is news: it may have refused meanwhile. */
    synchronized boolean takes(UUID life, long now) {
        Entry entry = entries.get(life);
        boolean news = entry != null && entry.stand == Stand.ASKED;
        if (news) {
            stands(life, Stand.TAKEN, now);
        }
        return news;
    }

    /** It does not work for others now, and gave its units back. */
    synchronized void rests(UUID life, long now) {
        stands(life, Stand.RESTS, now);
        workers.remove(life);
    }

    /** It cannot work on it. */
    synchronized void refuses(UUID life, String refusal, long now) {
        stands(life, Stand.REFUSES, now);
        Entry entry = entries.get(life);
        if (entry != null) {
            entry.refusal = refusal;
        }
        workers.remove(life);
    }

    private void stands(UUID life, Stand stand, long now) {
        Entry entry = entries.get(life);
        if (entry != null) {
            entry.stand = stand;
            entry.heard = now;
        }
    }

    /** It was not reached, and is asked again. */
    synchronized void forget(UUID life) {
        Entry entry = entries.get(life);
        if (entry != null && entry.stand == Stand.ASKED) {
            entries.remove(life);
        }
    }

    /** It works. */
    synchronized void heard(UUID life, long now) {
        Entry entry = entries.get(life);
        if (entry != null && entry.stand == Stand.TAKEN) {
            entry.heard = now;
        }
    }

    /** A worker asks for a unit; whether it may have one: its member was asked, and neither rests nor refuses. */
    synchronized boolean serves(UUID life, String worker, long now) {
        Entry entry = entries.get(life);
        if (entry == null || entry.stand == Stand.RESTS || entry.stand == Stand.REFUSES) {
            return false;
        }
        entry.stand = Stand.TAKEN;   // it may ask before its answer to the offer is here
        entry.heard = now;
        entry.refusal = "";
        workers.computeIfAbsent(life, key -> new LinkedHashSet<>()).add(worker);
        return true;
    }

    /** Forgets all but these; those that are forgotten. */
    synchronized List<UUID> keep(Set<UUID> there) {
        List<UUID> gone = new ArrayList<>(entries.keySet());
        gone.removeAll(there);
        gone.forEach(life -> {
            entries.remove(life);
            workers.remove(life);
        });
        return gone;
    }

    /** All that were asked. */
    synchronized List<UUID> lives() {
        return List.copyOf(entries.keySet());
    }

    /** Those that have the work. */
    synchronized List<UUID> serving() {
        return entries.entrySet().stream().filter(entry -> entry.getValue().stand == Stand.TAKEN).map(Map.Entry::getKey).toList();
    }

    /** Workers that have asked for units. */
    synchronized int workers() {
        return workers.values().stream().mapToInt(Set::size).sum();
    }

    /** Why nobody who is there will run a unit, if that is so, and has been for a while: what each refused it for. */
    synchronized Optional<String> stranded(long now) {
        List<String> refusals = entries.values().stream().map(entry -> entry.refusal).filter(refusal -> !refusal.isEmpty()).toList();
        boolean hope = entries.values().stream().anyMatch(entry -> entry.stand != Stand.RESTS && entry.refusal.isEmpty());
        if (refusals.isEmpty() || hope) {
            strandedSince = -1;
            return Optional.empty();
        }
        strandedSince = strandedSince < 0 ? now : strandedSince;
        return now - strandedSince < GRACE ? Optional.empty() : Optional.of(String.join("; ", refusals));
    }
}
