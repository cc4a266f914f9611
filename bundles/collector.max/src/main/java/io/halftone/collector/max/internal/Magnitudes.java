package io.halftone.collector.max.internal;

import io.halftone.quant.CalibrationException;
import io.halftone.quant.Statistics;
import java.util.Map;
import java.util.Set;

/**
 * The largest magnitudes of some calls.
 *
 * @param axis the channel axis, counted from 0; 0 where there is one amax
 * @param amax one, or one for each channel; none where there was no call
 */
record Magnitudes(long calls, int axis, float[] amax) {
    private static final String CALLS = "calls";
    private static final String AXIS = "axis";
    private static final String AMAX = "amax";

    /** Those that statistics hold; throws {@link CalibrationException} where these are not of this family. */
    static Magnitudes of(String where, Statistics statistics) {
        Map<String, long[]> counts = statistics.counts();
        if (!counts.keySet().equals(Set.of(CALLS, AXIS)) || !statistics.values().keySet().equals(Set.of(AMAX))) {
            throw foreign(where, statistics.toString());
        }
        float[] amax = statistics.values().get(AMAX);
        if (counts.get(CALLS).length != 1 || counts.get(AXIS).length != 1) {
            throw foreign(where, counts.get(CALLS).length + " numbers of calls and " + counts.get(AXIS).length + " axes");
        }
        long calls = counts.get(CALLS)[0];
        long axis = counts.get(AXIS)[0];
        if (calls < 0 || axis < 0 || axis > Integer.MAX_VALUE || calls == 0 != (amax.length == 0)) {
            throw foreign(where, calls + " calls with " + amax.length + " amax on axis " + axis);
        }
        for (float a : amax) {
            if (!(a >= 0) || Float.isInfinite(a)) {   // NaN fails the first test
                throw foreign(where, "an amax of " + a);
            }
        }
        return new Magnitudes(calls, (int) axis, amax);
    }

    static CalibrationException foreign(String where, String found) {
        return new CalibrationException(where + ": found " + found + "; expected statistics of this collector");
    }

    Statistics statistics() {
        return new Statistics(Map.of(CALLS, new long[] {calls}, AXIS, new long[] {axis}), Map.of(AMAX, amax));
    }

    Magnitudes merge(String where, Magnitudes other) {
        if (calls == 0) {
            return other;
        }
        if (other.calls == 0) {
            return this;
        }
        if (axis != other.axis || amax.length != other.amax.length) {
            throw new CalibrationException(where + ": found " + other.amax.length + " amax on axis " + other.axis + "; expected " + amax.length
                + " on axis " + axis + ", as in another batch");
        }
        float[] largest = new float[amax.length];
        for (int i = 0; i < largest.length; i++) {
            largest[i] = Math.max(amax[i], other.amax[i]);
        }
        return new Magnitudes(calls + other.calls, axis, largest);
    }
}
