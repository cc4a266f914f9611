package io.halftone.core.internal.calibrate;

import io.halftone.api.StatisticsInfo;
import io.halftone.core.internal.Plugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Files of statistics, joined. */
public final class StatisticsMerge {
    private final StatisticsFile.Content merged;

    private StatisticsMerge(StatisticsFile.Content merged) {
        this.merged = merged;
    }

    /**
     * Joins the parts of one calibration; the bytes do not depend on their order.
     *
     * @throws IllegalArgumentException if there is none, they are of several calibrations, or have a batch in common
     */
    public static StatisticsMerge of(Plugins plugins, List<String> files) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("merge-stats: found no file; expected at least one");
        }
        StatisticsFile.Content merged = null;
        for (String file : files) {
            StatisticsFile.Content part = StatisticsFile.read(Path.of(file));
            if (merged == null) {
                merged = part;
                continue;
            }
            StatisticsFile.Content before = merged;
            var names = before.collectors().isEmpty() ? part.collectors() : before.collectors();
            try {
                merged = new StatisticsFile.Content(before.statistics().merge(part.statistics(), site -> plugins.collectors().get(names.get(site))), names);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
            }
        }
        return new StatisticsMerge(merged);
    }

    /** Writes them into one file. */
    public StatisticsInfo write(String target) throws IOException {
        Path path = Path.of(target).toAbsolutePath().normalize();
        StatisticsFile.write(path, merged);
        PartialStatistics statistics = merged.statistics();
        return new StatisticsInfo(path.toString(), statistics.digest(), statistics.batches().size(), statistics.total(), statistics.sites().size(),
            Files.size(path));
    }
}
