package io.halftone.core.internal.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import io.halftone.quant.Statistics;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StatisticsBytesTest {
    private static final Map<Site, Statistics> SITES = new LinkedHashMap<>();

    static {
        SITES.put(new Site("blocks.0.é", Slot.INPUT), new Statistics(Map.of("bins", new long[] {0, 1L << 62, -1}, "none", new long[0]),
            Map.of("amax", new float[] {1.5f, Float.MIN_VALUE})));
        SITES.put(new Site("blocks.0.é", Slot.OUTPUT), Statistics.ofValues("amax", 3));
        SITES.put(new Site("a", Slot.INPUT), Statistics.ofCounts("n", 4));
    }

    @Test
    void areReadAsTheyWereWrittenAndInTheirOrder() {
        Map<Site, Statistics> read = StatisticsBytes.read(StatisticsBytes.of(SITES));
        assertEquals(SITES, read);
        assertEquals(List.copyOf(SITES.keySet()), List.copyOf(read.keySet()));
    }

    @Test
    void refusesEveryPartOfThem() {
        byte[] bytes = StatisticsBytes.of(SITES);
        for (int length = 0; length < bytes.length; length++) {
            byte[] part = Arrays.copyOf(bytes, length);
            assertThrows(IllegalArgumentException.class, () -> StatisticsBytes.read(part), "the first " + length + " bytes");
            assertThrows(IllegalArgumentException.class, () -> StatisticsBytes.sites(part), "the first " + length + " bytes");
        }
        assertEquals("result: found 1 bytes behind the last site; expected the statistics of a batch",
            assertThrows(IllegalArgumentException.class, () -> StatisticsBytes.read(Arrays.copyOf(bytes, bytes.length + 1))).getMessage());
    }

    /** Whatever comes, it is refused or read, without more memory than it has bytes. */
    @Test
    void bytesThatWereChangedAreReadOrRefused() {
        Random random = new Random(9);
        byte[] bytes = StatisticsBytes.of(SITES);
        assertEquals(SITES.keySet(), StatisticsBytes.sites(bytes));
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] changed = bytes.clone();
            for (int k = random.nextInt(3); k >= 0; k--) {
                changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
            }
            Set<Site> read;
            try {
                read = StatisticsBytes.read(changed).keySet();
            } catch (IllegalArgumentException e) {
                refused++;
                continue;
            }
            assertEquals(read, StatisticsBytes.sites(changed));
        }
        assertTrue(refused > 10_000, "found " + refused + " refused");
    }
}
