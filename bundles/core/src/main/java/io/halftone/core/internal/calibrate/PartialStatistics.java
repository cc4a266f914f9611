package io.halftone.core.internal.calibrate;

import io.halftone.quant.Collector;
import io.halftone.quant.Site;
import io.halftone.quant.Statistics;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * What some batches of a calibration have shown: a value that merges with those of other batches, in any order, to the bit.
 *
 * @param digest  of what is calibrated: only parts of the same calibration merge
 * @param total   batches that the calibration has
 * @param batches numbers of the batches that are in here
 * @param sites   what each site has seen in them; empty where no batch is in here
 */
public record PartialStatistics(String digest, int total, SortedSet<Integer> batches, Map<Site, Statistics> sites) {
    public PartialStatistics {
        batches = Collections.unmodifiableSortedSet(new TreeSet<>(batches));
        sites = Collections.unmodifiableMap(new LinkedHashMap<>(sites));
    }

    /** Nothing yet. */
    static PartialStatistics none(String digest, int total) {
        return new PartialStatistics(digest, total, new TreeSet<>(), Map.of());
    }

    /** Whether every batch is in here. */
    public boolean isWhole() {
        return batches.size() == total;
    }

    /**
     * Both together.
     *
     * @param collectors the collector of each site
     * @throws IllegalArgumentException if they are not parts of one calibration, or have a batch in common
     */
    PartialStatistics merge(PartialStatistics other, Function<Site, Collector> collectors) {
        if (!digest.equals(other.digest) || total != other.total) {
            throw new IllegalArgumentException("statistics: found parts of two calibrations, " + digest + " and " + other.digest
                + "; expected parts of one");
        }
        SortedSet<Integer> common = new TreeSet<>(batches);
        common.retainAll(other.batches);
        if (!common.isEmpty()) {
            throw new IllegalArgumentException("statistics: found batches " + common + " in both parts; expected each batch once");
        }
        if (batches.isEmpty()) {
            return other;
        }
        if (other.batches.isEmpty()) {
            return this;
        }
        if (!sites.keySet().equals(other.sites.keySet())) {
            throw new IllegalArgumentException("statistics: found parts over " + sites.size() + " and " + other.sites.size()
                + " sites; expected the same sites in both");
        }
        SortedSet<Integer> all = new TreeSet<>(batches);
        all.addAll(other.batches);
        Map<Site, Statistics> merged = new LinkedHashMap<>();
        sites.forEach((site, statistics) -> merged.put(site, collectors.apply(site).merge(statistics, other.sites.get(site))));
        return new PartialStatistics(digest, total, all, merged);
    }
}
