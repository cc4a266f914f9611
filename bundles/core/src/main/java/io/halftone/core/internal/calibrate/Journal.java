package io.halftone.core.internal.calibrate;

import io.halftone.quant.Site;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Saves statistics as they come: after every batch, unless batches come so fast that writing would take more than a tenth of the time. What is
 * left is saved at the end, however a run ends, short of a killed process: that loses the batches of nine times as long as a file takes to write.
 */
final class Journal implements AutoCloseable {
    private static final int SHARE = 10;

    private final Path file;
    private final Map<Site, String> collectors;
    private final Supplier<PartialStatistics> statistics;
    private long next = System.nanoTime();
    private boolean behind;

    Journal(Path file, Map<Site, String> collectors, Supplier<PartialStatistics> statistics) {
        this.file = file;
        this.collectors = collectors;
        this.statistics = statistics;
    }

    /** There is something new. */
    synchronized void changed() throws IOException {
        behind = true;
        if (System.nanoTime() - next >= 0) {
            save();
        }
    }

    private void save() throws IOException {
        long begin = System.nanoTime();
        StatisticsFile.write(file, new StatisticsFile.Content(statistics.get(), collectors));
        behind = false;
        long end = System.nanoTime();
        next = end + (SHARE - 1) * (end - begin);
    }

    @Override
    public synchronized void close() throws IOException {
        if (behind) {
            save();
        }
    }
}
