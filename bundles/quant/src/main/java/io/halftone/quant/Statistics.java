package io.halftone.quant;

import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a site has seen, as a value that can be kept, sent and merged. What the arrays mean is the collector's own; equal by
 * content.
 *
 * @param counts whole numbers by name
 * @param values float32 numbers by name
 */
public record Statistics(Map<String, long[]> counts, Map<String, float[]> values) {
    public Statistics {
        Map<String, long[]> whole = new TreeMap<>();
        counts.forEach((name, array) -> whole.put(name, array.clone()));
        counts = Collections.unmodifiableMap(whole);
        Map<String, float[]> floats = new TreeMap<>();
        values.forEach((name, array) -> floats.put(name, array.clone()));
        values = Collections.unmodifiableMap(floats);
    }

    /** Of one array of whole numbers. */
    public static Statistics ofCounts(String name, long... numbers) {
        return new Statistics(Map.of(name, numbers), Map.of());
    }

    /** Of one array of float32 numbers. */
    public static Statistics ofValues(String name, float... numbers) {
        return new Statistics(Map.of(), Map.of(name, numbers));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Statistics s && counts.keySet().equals(s.counts.keySet()) && values.keySet().equals(s.values.keySet())
            && counts.keySet().stream().allMatch(k -> Arrays.equals(counts.get(k), s.counts.get(k)))
            && values.keySet().stream().allMatch(k -> Arrays.equals(values.get(k), s.values.get(k)));
    }

    @Override
    public int hashCode() {
        int hash = 0;
        for (Map.Entry<String, long[]> entry : counts.entrySet()) {
            hash = 31 * hash + entry.getKey().hashCode() + Arrays.hashCode(entry.getValue());
        }
        for (Map.Entry<String, float[]> entry : values.entrySet()) {
            hash = 31 * hash + entry.getKey().hashCode() + Arrays.hashCode(entry.getValue());
        }
        return hash;
    }

    @Override
    public String toString() {
        return "statistics " + counts.keySet() + " " + values.keySet();
    }
}
