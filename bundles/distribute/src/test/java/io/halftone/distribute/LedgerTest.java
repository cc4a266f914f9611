package io.halftone.distribute;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class LedgerTest {
    private final Ledger ledger = new Ledger(List.of(7, 3, 5), new Ledger.Terms(100, 2));

    @Test
    void lendsInTheGivenOrder() {
        assertEquals(OptionalInt.of(7), ledger.lend("a", 0));
        assertEquals(OptionalInt.of(3), ledger.lend("b", 0));
        assertEquals(OptionalInt.of(5), ledger.lend("a", 0));
        assertEquals(OptionalInt.empty(), ledger.lend("b", 99));
        assertEquals(List.of(0, 3, 0, 3), List.of(ledger.waiting(), ledger.lent(), ledger.done(), ledger.total()));
    }

    @Test
    void lendsAgainWhatWasNotHeardOfForItsLease() {
        ledger.lend("a", 0);
        ledger.lend("a", 10);
        ledger.lend("a", 20);
        assertTrue(ledger.renew("a", 7, 50));
        assertEquals(OptionalInt.empty(), ledger.lend("b", 109));
        assertEquals(OptionalInt.of(3), ledger.lend("b", 130));   // silent since 10; 5 since 20, 7 since 50
        assertEquals(OptionalInt.of(5), ledger.lend("c", 130));
        assertEquals(OptionalInt.empty(), ledger.lend("d", 130));
    }

    @Test
    void countsTheFirstResultWhoeverItComesFrom() {
        ledger.lend("a", 0);
        ledger.lend("b", 0);
        ledger.lend("b", 0);
        assertEquals(OptionalInt.of(7), ledger.lend("c", 100));
        assertTrue(ledger.settle(7));
        assertFalse(ledger.settle(7));
        assertFalse(ledger.renew("c", 7, 101));
        assertFalse(ledger.renew("a", 7, 101));
    }

    @Test
    void takesBackWhatAMemberThatLeftRan() {
        ledger.lend("a", 0);
        ledger.lend("b", 0);
        ledger.leave("a");
        assertEquals(OptionalInt.of(7), ledger.lend("b", 1));
        assertFalse(ledger.renew("a", 7, 2));
        assertTrue(ledger.settle(7), "a result on its way when its member left");
    }

    @Test
    void takesTheResultOfAUnitThatWaitsAgain() {
        ledger.lend("a", 0);
        ledger.leave("a");
        assertTrue(ledger.settle(7));
        assertEquals(OptionalInt.of(3), ledger.lend("b", 1));
    }

    @Test
    void triesElsewhereBeforeItGivesUp() {
        ledger.lend("a", 0);
        ledger.lend("b", 0);
        assertFalse(ledger.fails("a", 7));
        assertEquals(OptionalInt.of(5), ledger.lend("a", 1));
        assertEquals(OptionalInt.of(7), ledger.lend("b", 1));
        assertTrue(ledger.fails("b", 7));
    }

    @Test
    void lendsAFailedUnitToAMemberThatNeverFailedFirst() {
        Ledger more = new Ledger(List.of(1, 2, 3, 4), Ledger.Terms.USUAL);
        more.join("well");
        more.lend("sick", 0);
        more.lend("ill", 0);
        more.fails("sick", 1);
        more.fails("ill", 2);
        assertEquals(OptionalInt.of(3), more.lend("sick", 1), "not 2, which failed elsewhere");
        assertEquals(OptionalInt.of(2), more.lend("well", 1));
        assertEquals(OptionalInt.of(1), more.lend("well", 1));
        more.join("well too");
        more.fails("well", 1);
        assertEquals(OptionalInt.of(4), more.lend("ill", 1));
        assertEquals(OptionalInt.of(1), more.lend("ill", 1), "where nothing else waits");
    }

    @Test
    void triesFailedUnitsFirstWhereEveryMemberFailed() {
        Ledger more = new Ledger(List.of(1, 2, 3, 4), Ledger.Terms.USUAL);
        more.lend("a", 0);
        more.lend("b", 0);
        assertFalse(more.fails("a", 1));
        assertFalse(more.fails("b", 2));
        assertEquals(OptionalInt.of(2), more.lend("a", 1), "and not the next one, to fail at that too");
        assertTrue(more.fails("a", 2));
    }

    @Test
    void givesUpAUnitThatFailedAtEveryMember() {
        ledger.lend("a", 0);
        assertTrue(ledger.fails("a", 7));
    }

    @Test
    void lendsAFailedUnitAgainOnceItsMemberIsAlone() {
        ledger.lend("a/0", 0);
        ledger.join("b");
        assertFalse(ledger.fails("a/0", 7));
        ledger.settle(3);
        ledger.settle(5);
        assertEquals(OptionalInt.empty(), ledger.lend("a/0", 1), "b is there, and may try");
        ledger.leave("b");
        assertEquals(OptionalInt.of(7), ledger.lend("a/1", 2));
        assertTrue(ledger.fails("a/1", 7));
    }

    @Test
    void lendsAFailedUnitAgainIfNobodyComesForIt() {
        ledger.lend("a", 10);
        ledger.join("b");
        ledger.fails("a", 7);
        ledger.settle(3);
        ledger.settle(5);
        assertEquals(OptionalInt.empty(), ledger.lend("a", 109));
        assertEquals(OptionalInt.of(7), ledger.lend("a", 110));
        assertTrue(ledger.fails("a", 7), "two attempts");
    }

    @Test
    void lendsAFailedUnitAgainIfWhoeverTookItIsSilent() {
        ledger.lend("a", 0);
        ledger.lend("b", 0);
        ledger.fails("a", 7);
        ledger.settle(5);
        ledger.settle(3);
        assertEquals(OptionalInt.of(7), ledger.lend("b", 0));
        assertEquals(OptionalInt.empty(), ledger.lend("a", 199));
        assertEquals(OptionalInt.of(7), ledger.lend("a", 200));
    }

    @Test
    void countsAFailureOnce() {
        Ledger more = new Ledger(List.of(1, 2), new Ledger.Terms(100, 2));
        more.join("b");
        more.lend("a", 0);
        assertFalse(more.fails("a", 1));
        assertFalse(more.fails("a", 1), "said twice");
        assertFalse(more.fails("a", 9), "a unit that it does not know");
        more.lend("c", 0);
        more.leave("c");
        assertFalse(more.fails("c", 1), "said by one that had left");
        assertEquals(OptionalInt.of(1), more.lend("b", 0));
    }

    @Test
    void aProcessLeavesWithAllItsWorkers() {
        ledger.lend("a/0", 0);
        ledger.lend("a/1", 0);
        ledger.leave("a");
        assertEquals("3 waiting, 0 lent", ledger.waiting() + " waiting, " + ledger.lent() + " lent");
    }

    @Test
    void isDoneOnceEveryUnitIs() {
        ledger.settle(7);
        ledger.settle(3);
        assertFalse(ledger.isDone());
        ledger.settle(5);
        assertTrue(ledger.isDone());
        assertFalse(ledger.settle(8), "a unit that it does not know");
    }

    @Test
    void refusesAUnitTwice() {
        assertEquals("units: found 2, of which 1 differ; expected each once",
            assertThrows(IllegalArgumentException.class, () -> new Ledger(List.of(1, 1), Ledger.Terms.USUAL)).getMessage());
    }
}
