package io.halftone.tensorrt.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Extents by input name, in trtexec's syntax: {@code sample:2x4x128x128,timestep:1}. A scalar has nothing behind its colon.
 *
 * @param byName in the order of the text
 */
record Shapes(Map<String, List<Long>> byName) {
    Shapes {
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /**
     * Reads extents.
     *
     * @param option what messages call the text
     * @throws IllegalArgumentException if it does not follow the syntax, has an extent of 0, or names an input twice
     */
    static Shapes parse(String option, String text) {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        for (String entry : text.isEmpty() ? new String[0] : text.split(",", -1)) {
            int colon = entry.lastIndexOf(':');              // a name may have one as well
            if (colon < 1 || !entry.substring(colon + 1).matches("|[1-9]\\d{0,8}(x[1-9]\\d{0,8})*")) {
                throw new IllegalArgumentException(option + ": found " + entry + "; expected name:1x2x3,...");
            }
            if (shapes.put(entry.substring(0, colon), extents(entry.substring(colon + 1))) != null) {
                throw new IllegalArgumentException(option + ": found " + entry.substring(0, colon) + " twice; expected each input once");
            }
        }
        return new Shapes(shapes);
    }

    private static List<Long> extents(String text) {
        List<Long> extents = new ArrayList<>();
        for (String extent : text.isEmpty() ? new String[0] : text.split("x")) {
            extents.add(Long.parseLong(extent));
        }
        return List.copyOf(extents);
    }

    /** Extents as the syntax writes them: {@code 2x4x128x128}. */
    static String text(List<Long> extents) {
        return extents.stream().map(String::valueOf).collect(Collectors.joining("x"));
    }

    @Override
    public String toString() {
        return byName.entrySet().stream().map(e -> e.getKey() + ":" + text(e.getValue())).collect(Collectors.joining(","));
    }
}
