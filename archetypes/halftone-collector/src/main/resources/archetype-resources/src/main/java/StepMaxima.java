package ${package};

import io.halftone.quant.CalibrationException;
import io.halftone.quant.Statistics;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * The largest magnitude of each counted step.
 *
 * @param calls   the number of calls of each step
 * @param largest of these calls; 0 where there was none
 */
record StepMaxima(long[] calls, float[] largest) {
    private static final String CALLS = "calls";
    private static final String LARGEST = "largest";

    static StepMaxima none(int steps) {
        return new StepMaxima(new long[steps], new float[steps]);
    }

    /** What statistics hold, copied; throws {@link CalibrationException} where they are another collector's, or damaged. */
    static StepMaxima of(String where, Statistics statistics) {
        if (!statistics.counts().keySet().equals(Set.of(CALLS)) || !statistics.values().keySet().equals(Set.of(LARGEST))) {
            throw foreign(where, statistics.toString());
        }
        StepMaxima maxima = new StepMaxima(statistics.counts().get(CALLS).clone(), statistics.values().get(LARGEST).clone());
        if (maxima.calls.length == 0 || maxima.calls.length != maxima.largest.length) {
            throw foreign(where, maxima.calls.length + " numbers of calls with " + maxima.largest.length + " magnitudes");
        }
        for (int step = 0; step < maxima.calls.length; step++) {
            float magnitude = maxima.largest[step];
            boolean holds = maxima.calls[step] == 0 ? magnitude == 0 : magnitude >= 0 && Float.isFinite(magnitude);
            if (maxima.calls[step] < 0 || !holds) {   // NaN is neither
                throw foreign(where, maxima.calls[step] + " calls at step " + step + " with a largest magnitude of " + magnitude);
            }
        }
        return maxima;
    }

    private static CalibrationException foreign(String where, String found) {
        return new CalibrationException(where + ": found " + found + "; expected statistics of this collector");
    }

    Statistics statistics() {
        return new Statistics(Map.of(CALLS, calls), Map.of(LARGEST, largest));
    }

    /** Takes calls of a step in. */
    void add(int step, long count, float magnitude) {
        calls[step] += count;
        largest[step] = Math.max(largest[step], magnitude);
    }

    /** What both have seen. */
    StepMaxima merge(String where, StepMaxima other) {
        if (other.calls.length != calls.length) {
            throw new CalibrationException(where + ": found " + other.calls.length + " counted steps; expected " + calls.length
                + ", as in another batch");
        }
        StepMaxima both = none(calls.length);
        for (int step = 0; step < calls.length; step++) {
            both.add(step, calls[step], largest[step]);
            both.add(step, other.calls[step], other.largest[step]);
        }
        return both;
    }

    /** The magnitudes of the steps that had a call. */
    float[] seen() {
        float[] seen = new float[calls.length];
        int count = 0;
        for (int step = 0; step < calls.length; step++) {
            if (calls[step] > 0) {
                seen[count++] = largest[step];
            }
        }
        return Arrays.copyOf(seen, count);
    }
}
