package io.halftone.cluster.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalsTest {
    private long now;
    private final Refusals refusals = new Refusals(() -> now);

    @Test
    void logsTenStrangersInAMinuteAndThenHowManyThereWere() {
        int told = 0;
        for (int i = 0; i < 1_000; i++) {
            told += refusals.addStranger("cluster: process at 10.0.0.9: found bytes " + i).size();
        }
        assertEquals(10, told);
        now += 60_000;
        assertEquals(List.of("cluster: found 990 more connections that were refused; expected members", "cluster: process at 10.0.0.9: found bytes a"),
            refusals.addStranger("cluster: process at 10.0.0.9: found bytes a"));
    }

    @Test
    void keepsWhatItRefusedMembersForWhateverStrangersSend() {
        refusals.add("cluster: member 10.0.0.7:5701: format int8: found 2; expected 1");
        for (int i = 0; i < 1_000; i++) {
            refusals.addStranger("cluster: process at 10.0.0.9: found bytes " + i);
        }
        List<String> list = refusals.list();
        assertEquals(11, list.size());
        assertTrue(list.get(0).startsWith("cluster: member 10.0.0.7:5701: "), list.get(0));
        assertEquals("cluster: process at 10.0.0.9: found bytes 999", list.get(10));
    }

    @Test
    void tellsNewOnesFromOldOnes() {
        refusals.add("a");
        long before = refusals.count();
        refusals.add("b");
        refusals.add("a");
        assertEquals(List.of("b", "a"), refusals.since(before));
        assertEquals(List.of(), refusals.since(refusals.count()));
    }
}
