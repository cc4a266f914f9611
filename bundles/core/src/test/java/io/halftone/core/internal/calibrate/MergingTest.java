package io.halftone.core.internal.calibrate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.core.internal.distribute.Intake;
import io.halftone.ops.EagerOps;
import io.halftone.quant.Collector;
import io.halftone.quant.Range;
import io.halftone.quant.Site;
import io.halftone.quant.Slot;
import io.halftone.quant.Statistics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches that come while another is merged wait in files, and the statistics are the same. */
class MergingTest {
    private static final int BATCHES = 40;
    private static final Site SITE = new Site("a", Slot.INPUT);

    @TempDir
    Path folder;

    private static final class Sum implements Collector {
        @Override
        public <T> Fold<T> fold(EagerOps<T> ops, Request request, long batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Statistics merge(Statistics a, Statistics b) {
            return Statistics.ofCounts("sum", a.counts().get("sum")[0] + b.counts().get("sum")[0]);
        }

        @Override
        public Range range(Statistics statistics, Request request) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String explain(Statistics statistics, Request request) {
            throw new UnsupportedOperationException();
        }
    }

    private static byte[] batch(int number) {
        return StatisticsBytes.of(Map.of(SITE, Statistics.ofCounts("sum", 1L << number)));
    }

    @Test
    void batchesThatWaitInFilesAreMergedOnceEach() throws Exception {
        Path saved = folder.resolve("statistics");
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Gathered gathered = new Gathered(PartialStatistics.none("d", BATCHES), Set.of(SITE), site -> new Sum());
        try (Journal journal = new Journal(saved, Map.of(SITE, "sum"), gathered::statistics)) {
            Calibrator.Merging merging = new Calibrator.Merging(gathered, journal);
            Intake.Taker slow = new Intake.Taker() {
                @Override
                public void check(int unit, byte[] result) {
                    merging.check(unit, result);
                }

                @Override
                public void take(int unit, byte[] result) throws IOException {
                    begun.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    merging.take(unit, result);
                }
            };
            try (Intake results = new Intake(folder, 1, 1, slow)) {
                new Thread(() -> {
                    try {
                        results.add(0, batch(0));
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }).start();
                begun.await();
                for (int i = BATCHES - 1; i > 0; i--) {
                    assertTrue(results.add(i, batch(i)));
                }
                assertThrows(IllegalArgumentException.class, () -> results.add(BATCHES, batch(1)), "no batch of this calibration");
                byte[] other = StatisticsBytes.of(Map.of(new Site("b", Slot.INPUT), Statistics.ofCounts("sum", 1)));
                assertThrows(IllegalArgumentException.class, () -> results.add(BATCHES + 1, other));
                assertEquals(0, gathered.statistics().batches().size(), "all wait");
                goOn.countDown();
            }
        }
        assertTrue(gathered.statistics().isWhole());
        assertEquals((1L << BATCHES) - 1, gathered.statistics().sites().get(SITE).counts().get("sum")[0]);
        assertEquals(gathered.statistics(), StatisticsFile.read(saved).statistics());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(1, left.count(), "the statistics alone");
        }
    }
}
