package io.halftone.shell.internal;

import io.halftone.ops.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was given on a command line, and what is meant where it was not. An option that was not given is null here. */
final class Given {
    private Given() {}

    static String orElse(String given, String otherwise) {
        return given == null ? otherwise : given;
    }

    /** The number, which must be at least 1; 0, the API's word for the usual one, where it was not given. */
    static int orUsual(String option, Integer given) {
        if (given == null) {
            return 0;
        }
        if (given < 1) {
            throw new IllegalArgumentException(option + ": found " + given + "; expected >= 1");
        }
        return given;
    }

    /** NaN, the API's word for the usual one, where it was not given. */
    static double orUsual(String option, Double given) {
        if (given == null) {
            return Double.NaN;
        }
        if (!Double.isFinite(given) || given < 0) {
            throw new IllegalArgumentException(option + ": found " + given + "; expected a number >= 0");
        }
        return given;
    }

    /** The type of that name: Float, Half or BFloat16, in any case. */
    static DType computeType(String option, String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "float" -> DType.FLOAT32;
            case "half" -> DType.FLOAT16;
            case "bfloat16" -> DType.BFLOAT16;
            default -> throw new IllegalArgumentException(option + ": found " + name + "; expected Float, Half or BFloat16");
        };
    }

    /**
     * Refuses options that exclude each other.
     *
     * @param optionsAndValues option names, each with its value or null
     */
    static void atMostOne(String where, String... optionsAndValues) {
        List<String> options = new ArrayList<>();
        List<String> found = new ArrayList<>();
        for (int i = 0; i < optionsAndValues.length; i += 2) {
            options.add(optionsAndValues[i]);
            if (optionsAndValues[i + 1] != null) {
                found.add(optionsAndValues[i]);
            }
        }
        if (found.size() > 1) {
            throw new IllegalArgumentException(where + ": found " + String.join(" and ", found) + "; expected one of " + String.join(", ",
                options));
        }
    }
}
