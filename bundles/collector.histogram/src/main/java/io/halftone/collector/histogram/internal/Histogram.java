package io.halftone.collector.histogram.internal;

import io.halftone.ops.MagnitudeBins;
import io.halftone.quant.CalibrationException;
import io.halftone.quant.Statistics;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * How often magnitudes were seen. The bins are the same for all data, so that two histograms add up exactly; each float16 or
 * bfloat16 number from 2^-20 to 2^20 has one to itself. What lies {@value #KEPT_OCTAVES} octaves below the largest magnitude is
 * only counted: that depends on the largest alone, so it is the same in whatever order histograms are merged.
 *
 * @param calls the number of calls
 * @param zeros how many magnitudes were less than 2^-20
 * @param below how many others lie in no bin that is kept
 * @param first the bin of the first count
 * @param bins  counts from the first bin that is not empty to that of the largest magnitude
 * @param amax  the largest magnitude, exact
 */
record Histogram(long calls, long zeros, long below, int first, long[] bins, float amax) {
    /** The bins of a device. */
    static final MagnitudeBins BINS = new MagnitudeBins(10, -20, 40);
    /** The octaves below the largest magnitude whose bins are kept. */
    static final int KEPT_OCTAVES = 12;

    private static final int KEPT_BINS = KEPT_OCTAVES << BINS.mantissaBits();
    private static final String CALLS = "calls";
    private static final String ZEROS = "zeros";
    private static final String BELOW = "below";
    private static final String FIRST = "first";
    private static final String COUNTS = "bins";
    private static final String AMAX = "amax";

    /** Of counts of all bins. */
    static Histogram of(long calls, long[] counts, float amax) {
        return of(calls, counts[0], 0, counts, amax);
    }

    private static Histogram of(long calls, long zeros, long below, long[] counts, float amax) {
        int top = BINS.bin(amax);
        int first = lowest(top);
        long pooled = below;
        for (int bin = 1; bin < first; bin++) {
            pooled += counts[bin];
        }
        while (first <= top && counts[first] == 0) {
            first++;
        }
        return new Histogram(calls, zeros, pooled, first, Arrays.copyOfRange(counts, first, Math.max(first, top + 1)), amax);
    }

    /** The one that statistics hold; throws {@link CalibrationException} where these are not of this family. */
    static Histogram of(String where, Statistics statistics) {
        Map<String, long[]> counts = statistics.counts();
        if (!counts.keySet().equals(Set.of(CALLS, ZEROS, BELOW, FIRST, COUNTS)) || !statistics.values().keySet().equals(Set.of(AMAX))) {
            throw foreign(where, statistics.toString());
        }
        for (String name : new String[] {CALLS, ZEROS, BELOW, FIRST}) {
            if (counts.get(name).length != 1) {
                throw foreign(where, counts.get(name).length + " numbers under " + name);
            }
        }
        float[] amax = statistics.values().get(AMAX);
        if (amax.length != 1 || !(amax[0] >= 0) || Float.isInfinite(amax[0])) {   // NaN fails the second test
            throw foreign(where, "amax " + Arrays.toString(amax));
        }
        long first = counts.get(FIRST)[0];
        if (first < 1 || first >= BINS.count()) {
            throw foreign(where, "bin " + first + " as the first");
        }
        Histogram histogram = new Histogram(counts.get(CALLS)[0], counts.get(ZEROS)[0], counts.get(BELOW)[0], (int) first, counts.get(COUNTS), amax[0]);
        if (!histogram.spansItsBins() || !histogram.countsAddUp()) {
            throw foreign(where, histogram.calls + " calls, amax " + histogram.amax + ", zeros " + histogram.zeros + ", below "
                + histogram.below + " and " + histogram.bins.length + " bins from " + first);
        }
        return histogram;
    }

    private static CalibrationException foreign(String where, String found) {
        return new CalibrationException(where + ": found " + found + "; expected statistics of this collector");
    }

    /** Whether bins go from one that is not empty to that of the largest magnitude. */
    private boolean spansItsBins() {
        int top = BINS.bin(amax);
        if (top == 0) {
            return bins.length == 0 && first == 1 && below == 0;
        }
        return first >= lowest(top) && bins.length > 0 && first + bins.length - 1 == top && bins[0] > 0 && bins[bins.length - 1] > 0;
    }

    /** Whether no count is negative, each call has a magnitude, and the total fits. */
    private boolean countsAddUp() {
        if (calls < 0 || zeros < 0 || below < 0) {
            return false;
        }
        long total = zeros + below;
        for (long count : bins) {
            if (count < 0 || total < 0) {
                return false;
            }
            total += count;
        }
        return total >= calls && (calls > 0 || total == 0 && amax == 0);
    }

    Statistics statistics() {
        return new Statistics(Map.of(CALLS, new long[] {calls}, ZEROS, new long[] {zeros}, BELOW, new long[] {below}, FIRST, new long[] {first},
            COUNTS, bins), Map.of(AMAX, new float[] {amax}));
    }

    Histogram merge(Histogram other) {
        long[] counts = new long[BINS.count()];
        add(counts);
        other.add(counts);
        return of(calls + other.calls, zeros + other.zeros, below + other.below, counts, Math.max(amax, other.amax));
    }

    private void add(long[] counts) {
        for (int i = 0; i < bins.length; i++) {
            counts[first + i] += bins[i];
        }
    }

    /** The least magnitude that would have a bin; more than 0. */
    float leastKept() {
        return BINS.lowerEdge(lowest(BINS.bin(amax)));
    }

    private static int lowest(int top) {
        return Math.max(1, top - KEPT_BINS + 1);
    }

    /** What stands for the magnitudes of {@code bins[i]}: the middle of the bin, and the largest magnitude for its own. */
    float value(int i) {
        int bin = first + i;
        return i == bins.length - 1 ? amax : (BINS.lowerEdge(bin) + BINS.upperEdge(bin)) / 2;
    }
}
