package io.halftone.collector.histogram.internal;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What is configured of the percentile collector.
 *
 * @param percentage of the magnitudes that the range holds; over 0, at most 100
 * @param skipZeros  whether magnitudes less than any bin's are left out
 */
record PercentileSettings(double percentage, boolean skipZeros) {
    private static final String PERCENTAGE = "percentage";
    private static final String SKIP_ZEROS = "skipZeros";
    private static final List<String> KEYS = Arrays.asList(PERCENTAGE, SKIP_ZEROS);

    PercentileSettings {
        if (!(percentage > 0 && percentage <= 100)) {   // NaN as well
            throw refused(percentage);
        }
    }

    /** Those of a configuration; a key that is not there has its usual value. Throws {@link IllegalArgumentException} for the first that is refused. */
    static PercentileSettings of(Map<String, Object> properties) {
        for (String key : new TreeSet<>(properties.keySet())) {
            // a key that means nothing is a slip; those with a dot are of the framework and of Karaf
            if (!key.contains(".") && !KEYS.contains(key)) {
                throw new IllegalArgumentException("found " + key + "; expected one of " + String.join(", ", KEYS));
            }
        }
        return new PercentileSettings(percentage(text(PERCENTAGE, "99.99", properties)), skipZeros(text(SKIP_ZEROS, "false", properties)));
    }

    private static String text(String key, String usual, Map<String, Object> properties) {
        Object value = properties.get(key);
        return value == null || value.toString().isBlank() ? usual : value.toString().strip();
    }

    private static double percentage(String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw refused(value);
        }
    }

    private static boolean skipZeros(String value) {
        if (!value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException(SKIP_ZEROS + ": found " + value + "; expected true or false");
        }
        return Boolean.parseBoolean(value);
    }

    private static IllegalArgumentException refused(Object found) {
        return new IllegalArgumentException(PERCENTAGE + ": found " + found + "; expected a value in the range over 0, at most 100");
    }
}
