package io.halftone.core.internal.calibrate;

import io.halftone.quant.Collector;
import io.halftone.quant.Site;
import io.halftone.quant.Statistics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** What was gathered of a calibration: each batch once, whoever it comes from and however often. Safe for use by several threads. */
final class Gathered {
    private final Set<Site> sites;
    private final Function<Site, Collector> collectors;
    private PartialStatistics statistics;

    /**
     * Begins with what is there.
     *
     * @param sites      that every batch is of
     * @param collectors the collector of each
     */
    Gathered(PartialStatistics statistics, Set<Site> sites, Function<Site, Collector> collectors) {
        this.statistics = statistics;
        this.sites = sites;
        this.collectors = collectors;
    }

    /**
     * Looks whether a batch's result is of these sites.
     *
     * @throws IllegalArgumentException if it is no batch of this calibration
     */
    void check(int batch, Set<Site> seen) {
        int total = statistics().total();
        if (batch < 0 || batch >= total || !seen.equals(sites)) {
            throw new IllegalArgumentException("result of batch " + batch + ": found " + seen.size() + " sites; expected those of one of "
                + total + " batches, " + sites.size());
        }
    }

    /**
     * Takes what a batch has shown.
     *
     * @return whether it was the first of that batch; another one is left aside
     * @throws IllegalArgumentException if it is no batch of this calibration
     */
    synchronized boolean add(int batch, Map<Site, Statistics> seen) {
        check(batch, seen.keySet());
        if (statistics.batches().contains(batch)) {
            return false;
        }
        statistics = statistics.merge(new PartialStatistics(statistics.digest(), statistics.total(), new TreeSet<>(List.of(batch)), seen), collectors);
        return true;
    }

    /** All of it. */
    synchronized PartialStatistics statistics() {
        return statistics;
    }
}
