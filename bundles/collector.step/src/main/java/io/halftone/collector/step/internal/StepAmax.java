package io.halftone.collector.step.internal;

import io.halftone.quant.CalibrationException;
import io.halftone.quant.ExactSum;
import io.halftone.quant.Statistics;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * What the calls of each counted step had for largest magnitude. It is kept for every collector of this family alike, so that
 * one calibration can answer each of them.
 *
 * @param calls   the number of calls of each step
 * @param sums    of their amax, as {@link ExactSum} has it: {@value ExactSum#WORDS} words for each step
 * @param least   the least amax of each step; 0 where there was no call
 * @param largest the largest
 */
record StepAmax(long[] calls, long[] sums, float[] least, float[] largest) {
    private static final String CALLS = "calls";
    private static final String SUMS = "sums";
    private static final String LEAST = "least";
    private static final String LARGEST = "largest";
    /** What a sum taken in double can be off by, as a part of it: a few times 2^-52, rounded up. */
    private static final double ROUNDING = 1e-12;

    /** Of no call. */
    static StepAmax none(int steps) {
        return new StepAmax(new long[steps], new long[steps * ExactSum.WORDS], new float[steps], new float[steps]);
    }

    /** What statistics hold, copied; throws {@link CalibrationException} where these are not of this family. */
    static StepAmax of(String where, Statistics statistics) {
        Map<String, long[]> counts = statistics.counts();
        Map<String, float[]> values = statistics.values();
        if (!counts.keySet().equals(Set.of(CALLS, SUMS)) || !values.keySet().equals(Set.of(LEAST, LARGEST))) {
            throw foreign(where, statistics.toString());
        }
        StepAmax seen = new StepAmax(counts.get(CALLS).clone(), counts.get(SUMS).clone(), values.get(LEAST).clone(), values.get(LARGEST).clone());
        int steps = seen.steps();
        if (steps == 0 || seen.sums.length != steps * ExactSum.WORDS || seen.least.length != steps || seen.largest.length != steps) {
            throw foreign(where, steps + " steps with " + seen.sums.length + " words of sums, " + seen.least.length + " least and "
                + seen.largest.length + " largest amax");
        }
        for (int step = 0; step < steps; step++) {
            if (!seen.holds(step)) {
                throw foreign(where, seen.calls[step] + " calls at step " + step + " with amax of " + seen.least[step] + " to "
                    + seen.largest[step] + " and a sum near " + seen.approximateSum(step));
            }
        }
        return seen;
    }

    private static CalibrationException foreign(String where, String found) {
        return new CalibrationException(where + ": found " + found + "; expected statistics of this collector");
    }

    /** Whether calls can have left the figures of a step. */
    private boolean holds(int step) {
        float low = least[step];
        float high = largest[step];
        if (!(low >= 0 && low <= high) || Float.isInfinite(high)) {   // NaN fails the first test
            return false;
        }
        if (calls[step] < 2) {
            return calls[step] >= 0 && low == high && (calls[step] == 1 || low == 0) && Arrays.equals(sum(step), ExactSum.of(low));
        }
        double sum = approximateSum(step);
        return sum >= calls[step] * (double) low * (1 - ROUNDING) && sum <= calls[step] * (double) high * (1 + ROUNDING);
    }

    private double approximateSum(int step) {
        long[] words = sum(step);
        double sum = words[ExactSum.WORDS - 1];
        for (int i = ExactSum.WORDS - 2; i >= 0; i--) {
            // the two halves, as words below the first have no sign
            sum = (sum * 0x1p32 + (words[i] >>> Integer.SIZE)) * 0x1p32 + (words[i] & 0xffffffffL);
        }
        return sum * 0x1p-149;
    }

    Statistics statistics() {
        return new Statistics(Map.of(CALLS, calls, SUMS, sums), Map.of(LEAST, least, LARGEST, largest));
    }

    int steps() {
        return calls.length;
    }

    /** The mean amax of the calls of a step, rounded once. */
    float mean(int step) {
        return ExactSum.mean(sum(step), calls[step]);
    }

    /** Takes a call in. */
    void add(int step, float amax) {
        add(step, 1, ExactSum.of(amax), amax, amax);
    }

    /** Takes in what another has seen. */
    void add(String where, StepAmax other) {
        if (other.steps() != steps()) {
            throw new CalibrationException(where + ": found " + other.steps() + " counted steps; expected " + steps() + ", as in another batch");
        }
        for (int step = 0; step < steps(); step++) {
            if (other.calls[step] > 0) {
                add(step, other.calls[step], other.sum(step), other.least[step], other.largest[step]);
            }
        }
    }

    private void add(int step, long count, long[] sum, float low, float high) {
        least[step] = calls[step] == 0 ? low : Math.min(least[step], low);
        largest[step] = Math.max(largest[step], high);
        System.arraycopy(ExactSum.add(sum(step), sum), 0, sums, step * ExactSum.WORDS, ExactSum.WORDS);
        calls[step] += count;
    }

    private long[] sum(int step) {
        long[] sum = new long[ExactSum.WORDS];
        System.arraycopy(sums, step * ExactSum.WORDS, sum, 0, ExactSum.WORDS);
        return sum;
    }
}
