package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RosterTest {
    private static final UUID A = new UUID(0, 1);
    private static final UUID B = new UUID(0, 2);

    private final Roster roster = new Roster();

    @Test
    void asksAMemberOnceAndAgainIfItRestsRefusesOrIsSilent() {
        assertTrue(roster.isToAsk(A, 0));
        assertFalse(roster.isToAsk(A, Roster.ASK_AGAIN), "it has not answered yet");
        roster.rests(A, 0);
        assertFalse(roster.isToAsk(A, Roster.ASK_RESTING - 1));
        assertTrue(roster.isToAsk(A, Roster.ASK_RESTING));
        roster.takes(A, 10_000);
        roster.heard(A, 20_000);
        assertFalse(roster.isToAsk(A, 20_000 + Roster.ASK_AGAIN - 1));
        assertTrue(roster.isToAsk(A, 20_000 + Roster.ASK_AGAIN));
        roster.refuses(A, "a", 90_000);
        assertFalse(roster.isToAsk(A, 90_000 + Roster.ASK_AGAIN - 1));
        assertTrue(roster.isToAsk(A, 90_000 + Roster.ASK_AGAIN));
    }

    @Test
    void lendsToThoseThatWereAskedAndNeitherRestNorRefuse() {
        assertFalse(roster.serves(A, "a/0", 0));
        roster.isToAsk(A, 0);
        assertTrue(roster.serves(A, "a/0", 0), "its answer may come later than its question");
        assertEquals(1, roster.workers());
        roster.rests(A, 0);
        assertFalse(roster.serves(A, "a/0", 0));
        assertEquals(0, roster.workers());
        roster.isToAsk(B, 0);
        roster.refuses(B, "b", 0);
        assertFalse(roster.takes(B, 0), "it refused before its answer came");
        assertFalse(roster.serves(B, "b/0", 0));
        assertEquals(List.of(A, B), roster.keep(Set.of()));
    }

    @Test
    void isStrandedOnceAllWhoAreThereRefuse() {
        roster.isToAsk(A, 0);
        roster.isToAsk(B, 0);
        roster.takes(B, 0);
        roster.refuses(A, "a", 0);
        assertEquals(Optional.empty(), roster.stranded(Roster.GRACE), "b loads");
        roster.refuses(B, "b", 100);
        assertEquals(Optional.empty(), roster.stranded(100));
        assertEquals(Optional.empty(), roster.stranded(99 + Roster.GRACE));
        assertEquals(Optional.of("a; b"), roster.stranded(100 + Roster.GRACE));
        roster.isToAsk(B, 200_000);
        roster.takes(B, 200_000);
        assertEquals(Optional.of("a; b"), roster.stranded(200_000), "b opens it again, and may refuse again");
        roster.serves(B, "b/0", 200_000);
        assertEquals(Optional.empty(), roster.stranded(200_001));
    }

    @Test
    void waitsForMembersWhereNoneRefused() {
        roster.isToAsk(A, 0);
        roster.rests(A, 0);
        roster.stranded(0);
        assertEquals(Optional.empty(), roster.stranded(1_000_000));
    }
}
