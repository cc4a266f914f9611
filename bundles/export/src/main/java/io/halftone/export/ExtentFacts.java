package io.halftone.export;

import io.halftone.model.ModelSignature.Extent;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The extents that an exported model's engine is for, as the file has them among its facts: compact JSON, the least, usual and
 * greatest extent by dimension.
 *
 * @param extents of each named dimension
 */
public record ExtentFacts(Map<String, Extent> extents) {
    /** What the fact is called. */
    public static final String KEY = "halftone.extents";

    private static final String ENTRY = "\"([A-Za-z_][A-Za-z0-9_]*)\":\\[(\\d{1,18}),(\\d{1,18}),(\\d{1,18})\\]";
    private static final Pattern ONE = Pattern.compile(ENTRY);
    private static final Pattern ALL = Pattern.compile("\\{(" + ENTRY + "(," + ENTRY + ")*)?\\}");

    public ExtentFacts {
        extents = Map.copyOf(extents);
    }

    /** Dimensions in the order of their names, so that equal extents are equal text. */
    public String text() {
        return new TreeMap<>(extents).entrySet().stream()
            .map(e -> "\"" + e.getKey() + "\":[" + e.getValue().least() + "," + e.getValue().usual() + "," + e.getValue().greatest() + "]")
            .collect(Collectors.joining(",", "{", "}"));
    }

    /**
     * Reads what {@link #text} wrote.
     *
     * @param where what messages call the file
     * @throws EngineException if it is anything else
     */
    public static ExtentFacts parse(String where, String text) {
        if (!ALL.matcher(text).matches()) {
            throw new EngineException(where + ": " + KEY + ": found " + text + "; expected {\"name\":[least,usual,greatest],...}");
        }
        Map<String, Extent> extents = new TreeMap<>();
        Matcher entry = ONE.matcher(text);
        while (entry.find()) {
            try {
                extents.put(entry.group(1), new Extent(Long.parseLong(entry.group(2)), Long.parseLong(entry.group(3)),
                    Long.parseLong(entry.group(4))));
            } catch (IllegalArgumentException e) {
                throw new EngineException(where + ": " + KEY + ": " + entry.group(1) + ": " + e.getMessage(), e);
            }
        }
        return new ExtentFacts(extents);
    }
}
