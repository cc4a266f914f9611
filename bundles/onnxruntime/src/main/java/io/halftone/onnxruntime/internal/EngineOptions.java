package io.halftone.onnxruntime.internal;

import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a user may choose.
 *
 * @param threads      threads within an operator; 0 lets the runtime choose
 * @param optimization how far the graph is rewritten when it is loaded
 */
record EngineOptions(int threads, OptLevel optimization) {
    static final Set<String> NAMES = Set.of("threads", "optimization");

    private static final Map<String, OptLevel> LEVELS = new TreeMap<>(Map.of("all", OptLevel.ALL_OPT, "extended", OptLevel.EXTENDED_OPT,
        "basic", OptLevel.BASIC_OPT, "disabled", OptLevel.NO_OPT));

    /**
     * Reads options by name.
     *
     * @throws IllegalArgumentException if there is an unknown name or value
     */
    static EngineOptions of(Map<String, String> options) {
        for (String name : options.keySet()) {
            if (!NAMES.contains(name)) {
                throw new IllegalArgumentException("option: found " + name + "; expected one of " + new TreeSet<>(NAMES));
            }
        }
        String threads = options.getOrDefault("threads", "0");
        if (!threads.matches("\\d{1,4}")) {
            throw new IllegalArgumentException("option threads: found " + threads
                + "; expected a whole number, 0 for the runtime's choice");
        }
        String optimization = options.getOrDefault("optimization", "all");
        if (!LEVELS.containsKey(optimization)) {
            throw new IllegalArgumentException("option optimization: found " + optimization + "; expected one of " + LEVELS.keySet());
        }
        return new EngineOptions(Integer.parseInt(threads), LEVELS.get(optimization));
    }

    /** These with another number of threads. */
    EngineOptions with(String other) {
        return of(Map.of("threads", other)).threads() == threads ? this : new EngineOptions(Integer.parseInt(other), optimization);
    }

    /**
     * The most that may be stored in a file: what goes further lays tensors out for one processor.
     */
    OptLevel stored() {
        return optimization == OptLevel.ALL_OPT ? OptLevel.EXTENDED_OPT : optimization;
    }

    String device() {
        return "cpu " + Processor.description() + ", " + (threads == 0 ? "the runtime's choice of" : threads) + " threads";
    }
}
