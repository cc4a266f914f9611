package io.halftone.collector.reference.internal;

import io.halftone.quant.CalibrationException;
import io.halftone.quant.Statistics;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The amax of each execution of a layer, in order, batch by batch.
 *
 * @param batches by number; one without an execution is empty
 */
record Executions(Precision precision, SortedMap<Long, float[]> batches) {
    private static final String PRECISION = "precision";

    static Executions of(long batch, Precision precision, float[] amax) {
        SortedMap<Long, float[]> batches = new TreeMap<>();
        batches.put(batch, amax);
        return new Executions(precision, batches);
    }

    /**
     * Those that statistics hold; throws {@link CalibrationException} where these are not of this family. An amax need not be finite:
     * whether it counts is not known here.
     */
    static Executions of(String where, Statistics statistics) {
        if (!statistics.counts().keySet().equals(Set.of(PRECISION)) || statistics.values().isEmpty()) {
            throw foreign(where, statistics.toString());
        }
        long[] ordinal = statistics.counts().get(PRECISION);
        if (ordinal.length != 1 || ordinal[0] < 0 || ordinal[0] >= Precision.values().length) {
            throw foreign(where, "precision " + Arrays.toString(ordinal));
        }
        Precision precision = Precision.values()[(int) ordinal[0]];
        SortedMap<Long, float[]> batches = new TreeMap<>();
        statistics.values().forEach((batch, amax) -> {
            for (float a : amax) {
                if (a < 0 || !Float.isNaN(a) && precision.round(a) != a) {
                    throw foreign(where, "an amax of " + a + " in " + precision);
                }
            }
            batches.put(number(where, batch), amax);
        });
        return new Executions(precision, batches);
    }

    private static Long number(String where, String batch) {
        Long number;
        try {
            number = Long.valueOf(batch);
        } catch (NumberFormatException e) {
            number = null;
        }
        // no sign and no zeros in front, so that a batch has one name
        if (number == null || number < 0 || !number.toString().equals(batch)) {
            throw foreign(where, "batch " + batch);
        }
        return number;
    }

    private static CalibrationException foreign(String where, String found) {
        return new CalibrationException(where + ": found " + found + "; expected statistics of this collector");
    }

    Statistics statistics() {
        Map<String, float[]> values = new HashMap<>();
        batches.forEach((batch, amax) -> values.put(Long.toString(batch), amax));
        return new Statistics(Map.of(PRECISION, new long[] {precision.ordinal()}), values);
    }

    /** The executions of both. */
    Executions merge(String where, Executions other) {
        if (count() > 0 && other.count() > 0 && precision != other.precision) {
            throw new CalibrationException(where + ": found activations of " + other.precision + "; expected " + precision + ", as in another batch");
        }
        SortedMap<Long, float[]> union = new TreeMap<>(batches);
        other.batches.forEach((batch, amax) -> {
            if (union.put(batch, amax) != null) {
                throw new CalibrationException(where + ": found batch " + batch + " twice; expected each batch once");
            }
        });
        return new Executions(count() > 0 ? precision : other.precision, union);
    }

    /** How many there are. */
    int count() {
        return batches.values().stream().mapToInt(amax -> amax.length).sum();
    }

    /**
     * What the executions leave in buckets, the number of an execution modulo the number of buckets saying which.
     *
     * @param counted how many of the buckets are wanted, from the first
     * @param update  what a bucket and the next amax make
     */
    float[] buckets(String where, int total, int counted, Update update) {
        if (count() < counted) {
            throw new CalibrationException(where + ": found " + count() + " executions; expected at least " + counted
                + ", one for each bucket that counts");
        }
        float[] buckets = new float[total];
        int execution = 0;
        for (float[] batch : batches.values()) {
            for (float amax : batch) {
                int bucket = execution % total;
                buckets[bucket] = execution < total ? amax : update.apply(precision, buckets[bucket], amax);
                execution++;
            }
        }
        return Arrays.copyOf(buckets, counted);
    }

    /** What becomes of a bucket that is not empty. */
    interface Update {
        float apply(Precision precision, float bucket, float amax);
    }
}
