package io.halftone.distribute;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Which units wait, who runs which, and which are done. A unit is lent for a while; whoever lets that pass without a word may be gone, and
 * the unit is lent again. So a unit may run twice, and its first result counts. A unit that failed is lent to others, and where nobody else
 * comes for it, to those that it failed at: as long as anybody asks, every unit is done or given up. It knows no clock and no network: times
 * are given, in milliseconds, and never go back. Safe for use by several threads.
 *
 * <p>A member is a name, or the part of it before a slash: workers of one process, {@code life/0}, {@code life/1} ..., fail for the same
 * reasons and count as one member.
 */
public final class Ledger {
    private final Terms terms;
    private final Deque<Integer> waiting;
    /** Who runs a unit, and when each was last heard of; the unit that was not heard of for longest is first. */
    private final Map<Integer, Map<String, Long>> lent = new LinkedHashMap<>();
    private final Map<Integer, Failures> failed = new LinkedHashMap<>();
    /** Members at which a unit failed. */
    private final Set<String> suspects = new HashSet<>();
    private final Set<Integer> settled = new HashSet<>();
    private final Set<String> members = new LinkedHashSet<>();
    private final int total;
    /** The last time that was given. */
    private long latest = Long.MIN_VALUE;

    /** How a unit failed: where, how often, and when last. */
    private static final class Failures {
        private final Set<String> at = new HashSet<>();
        private int count;
        private long last;
    }

    /**
     * On what terms units are lent.
     *
     * @param lease    milliseconds without a word after which a unit is lent to somebody else too: longer than loading a model takes
     * @param attempts failures after which a unit is given up: at so many members, where there are as many
     */
    public record Terms(long lease, int attempts) {
        /** A minute, and three members. */
        public static final Terms USUAL = new Terms(60_000, 3);

        public Terms {
            if (lease < 1 || attempts < 1) {
                throw new IllegalArgumentException("terms: found a lease of " + lease + " ms and " + attempts + " attempts; expected at least 1 of each");
            }
        }
    }

    /**
     * Units that nobody runs yet.
     *
     * @param units in the order in which they should begin, each once
     */
    public Ledger(Collection<Integer> units, Terms terms) {
        this.terms = terms;
        this.waiting = new ArrayDeque<>(new LinkedHashSet<>(units));
        this.total = waiting.size();
        if (total != units.size()) {
            throw new IllegalArgumentException("units: found " + units.size() + ", of which " + total + " differ; expected each once");
        }
    }

    /**
     * Lends a unit: the next that waits, those first that were taken back, or else the one that was not heard of for longest, if its lease is over.
     * One that failed at this member is lent to it once nobody else is there, or nobody came for it in the time of a lease.
     *
     * @return empty if there is none for this member now
     */
    public synchronized OptionalInt lend(String member, long now) {
        latest = now;
        members.add(process(member));
        OptionalInt next = waiting(member, suspects.contains(process(member)));
        next = next.isPresent() ? next : failedHere(member, now);
        if (next.isPresent()) {
            waiting.remove(next.getAsInt());
            lent.put(next.getAsInt(), new LinkedHashMap<>(Map.of(member, now)));
            return next;
        }
        OptionalInt stale = stale(member, now);
        stale.ifPresent(unit -> heard(member, unit, now));
        return stale;
    }

    /** A member has taken the work, and loads what it needs: where units failed elsewhere it may yet try. */
    public synchronized void join(String member) {
        members.add(process(member));
    }

    /** Workers of a process fail for the same reasons: they count as one member. */
    private static String process(String member) {
        int slash = member.indexOf('/');
        return slash < 0 ? member : member.substring(0, slash);
    }

    /**
     * A member that fails is soon back for more: where a unit failed, one that never failed itself is to try next. So a few members at
     * fault do not hand units to each other until they are given up. Where units failed at all members, those are tried first, as others
     * are likely to fail too.
     */
    private OptionalInt waiting(String member, boolean failing) {
        boolean suspect = failing && !suspects.containsAll(members);
        OptionalInt last = OptionalInt.empty();
        for (Integer unit : waiting) {
            if (suspect && failed.containsKey(unit)) {
                last = last.isEmpty() && !hasFailed(unit, member) ? OptionalInt.of(unit) : last;
            } else if (!hasFailed(unit, member)) {
                return OptionalInt.of(unit);
            }
        }
        return last;
    }

    /** A unit that waits although it failed at this member: where there is nobody else to wait for. */
    private OptionalInt failedHere(String member, long now) {
        for (Integer unit : waiting) {
            if (hasFailed(unit, member)) {
                Failures its = failed.get(unit);
                if (its.at.containsAll(members) || isOver(now - its.last)) {
                    return OptionalInt.of(unit);
                }
            }
        }
        return OptionalInt.empty();
    }

    private boolean isOver(long silence) {
        return silence >= terms.lease();
    }

    /**
     * However many are lent, this looks at those whose lease is over, and one more. Whoever a unit failed at gets it if nobody else took it
     * in the time of another lease.
     */
    private OptionalInt stale(String member, long now) {
        for (Map.Entry<Integer, Map<String, Long>> entry : lent.entrySet()) {
            long silence = now - entry.getValue().values().stream().mapToLong(Long::longValue).max().orElseThrow();
            if (!isOver(silence)) {
                break;
            }
            if (!hasFailed(entry.getKey(), member) || isOver(silence - terms.lease())) {
                return OptionalInt.of(entry.getKey());
            }
        }
        return OptionalInt.empty();
    }

    private void heard(String member, int unit, long now) {
        Map<String, Long> its = lent.remove(unit);   // and to the end
        its.put(member, now);
        lent.put(unit, its);
    }

    private boolean hasFailed(int unit, String member) {
        Failures its = failed.get(unit);
        return its != null && its.at.contains(process(member));
    }

    /**
     * Hears that a member still runs a unit.
     *
     * @return whether its result is still wanted from it; if not, it may stop
     */
    public synchronized boolean renew(String member, int unit, long now) {
        latest = now;
        if (settled.contains(unit)) {
            return false;
        }
        Map<String, Long> its = lent.get(unit);
        if (its == null || !its.containsKey(member)) {
            return false;
        }
        heard(member, unit, now);
        return true;
    }

    /**
     * A unit's result is there, whoever it comes from.
     *
     * @return whether it is the first; another one is to be left aside
     */
    public synchronized boolean settle(int unit) {
        boolean known = waiting.remove((Integer) unit) | lent.remove(unit) != null;
        if (known) {
            settled.add(unit);
        }
        return known;
    }

    /** A member is gone, or a worker of it: what nobody else runs waits again, before all others. */
    public synchronized void leave(String member) {
        members.remove(process(member));
        Set<Integer> its = new LinkedHashSet<>();
        lent.forEach((unit, holders) -> {
            if (holders.keySet().removeIf(holder -> holder.equals(member) || process(holder).equals(member)) && holders.isEmpty()) {
                its.add(unit);
            }
        });
        its.forEach(lent::remove);
        its.forEach(waiting::addFirst);
    }

    /**
     * A unit failed at a member, which is lent others in its place as long as somebody else may try this one. Heard of again, or of a member
     * that it is not lent to any more, this changes nothing.
     *
     * @return whether to give up: it failed as often as the terms say, or at all members there are. Otherwise others try
     */
    public synchronized boolean fails(String member, int unit) {
        Map<String, Long> holders = lent.get(unit);
        if (holders == null || holders.remove(member) == null) {
            return false;
        }
        suspects.add(process(member));
        Failures its = failed.computeIfAbsent(unit, key -> new Failures());
        its.at.add(process(member));
        its.count++;
        its.last = latest;
        if (holders.isEmpty()) {
            lent.remove(unit);
            waiting.addFirst(unit);
        }
        return its.count >= terms.attempts() || !members.isEmpty() && its.at.containsAll(members);
    }

    /** Whether every unit is done. */
    public synchronized boolean isDone() {
        return settled.size() == total;
    }

    /** Units that are done. */
    public synchronized int done() {
        return settled.size();
    }

    /** Units that somebody runs. */
    public synchronized int lent() {
        return lent.size();
    }

    /** Units that nobody runs yet, or again. */
    public synchronized int waiting() {
        return waiting.size();
    }

    /** Units of this work. */
    public int total() {
        return total;
    }
}
