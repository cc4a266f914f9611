package io.halftone.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A component's configuration file: values by key, checked where they are read. A key whose value is null counts as absent.
 */
public final class ModelConfig {
    private final String source;
    private final Map<String, Object> values;

    private ModelConfig(String source, Map<String, Object> values) {
        this.source = source;
        this.values = values;
    }

    /**
     * A configuration of these values.
     *
     * @param source what messages call it, such as {@code unet/config.json}
     * @param values strings, booleans, {@link Number}s, lists and maps of these; null for absent
     */
    public static ModelConfig of(String source, Map<String, ?> values) {
        Map<String, Object> present = new LinkedHashMap<>();
        values.forEach((key, value) -> {
            if (value != null) {
                present.put(key, value);
            }
        });
        return new ModelConfig(source, Collections.unmodifiableMap(present));
    }

    /** What messages call this. */
    public String source() {
        return source;
    }

    /** {@code _class_name}, or the first of {@code architectures}: what an adapter is found by. */
    public String className() {
        if (has("_class_name")) {
            return string("_class_name");
        }
        if (has("architectures")) {
            return strings("architectures").get(0);
        }
        throw wrong("_class_name", "none", "a class name, here or in architectures");
    }

    /** Whether there is a value that is not null. */
    public boolean has(String key) {
        return values.containsKey(key);
    }

    /** Whether the value is a list. */
    public boolean isList(String key) {
        return values.get(key) instanceof List;
    }

    /** A whole number. */
    public int intValue(String key) {
        return narrow(key, longValue(key));
    }

    /** A whole number, or another where there is none. */
    public int intValue(String key, int absent) {
        return has(key) ? intValue(key) : absent;
    }

    /** A whole number. */
    public long longValue(String key) {
        return whole(key, required(key, "a whole number"));
    }

    /** A number. */
    public double doubleValue(String key) {
        if (required(key, "a number") instanceof Number n) {
            return n.doubleValue();
        }
        throw wrong(key, values.get(key), "a number");
    }

    /** A number, or another where there is none. */
    public double doubleValue(String key, double absent) {
        return has(key) ? doubleValue(key) : absent;
    }

    /** A truth value, or another where there is none. */
    public boolean flag(String key, boolean absent) {
        if (!has(key)) {
            return absent;
        }
        if (values.get(key) instanceof Boolean b) {
            return b;
        }
        throw wrong(key, values.get(key), "true or false");
    }

    /** A text. */
    public String string(String key) {
        if (required(key, "a text") instanceof String s) {
            return s;
        }
        throw wrong(key, values.get(key), "a text");
    }

    /** A text, or another where there is none. */
    public String string(String key, String absent) {
        return has(key) ? string(key) : absent;
    }

    /** A list of texts. */
    public List<String> strings(String key) {
        List<String> texts = new ArrayList<>();
        for (Object element : list(key, "a list of texts")) {
            if (!(element instanceof String s)) {
                throw wrong(key, element, "a list of texts");
            }
            texts.add(s);
        }
        return List.copyOf(texts);
    }

    /** A list of whole numbers. */
    public List<Integer> ints(String key) {
        List<Integer> numbers = new ArrayList<>();
        for (Object element : list(key, "a list of whole numbers")) {
            numbers.add(narrow(key, whole(key, element)));
        }
        return List.copyOf(numbers);
    }

    /** A list of whole numbers, or one number standing for that many equal ones. */
    public List<Integer> ints(String key, int count) {
        List<Integer> numbers = isList(key) ? ints(key) : Collections.nCopies(count, intValue(key));
        if (numbers.size() != count) {
            throw wrong(key, numbers, count + " numbers");
        }
        return numbers;
    }

    /**
     * Refuses a value that an adapter cannot honour.
     *
     * @param allowed what the value may be; absent counts as allowed
     * @throws IllegalArgumentException if it is something else
     */
    public void expect(String key, Object... allowed) {
        if (has(key) && !List.of(allowed).contains(values.get(key))) {
            throw wrong(key, values.get(key), allowed.length == 0 ? "no value" : "one of " + List.of(allowed));
        }
    }

    /** All values, for a copy with changes. */
    public Map<String, Object> asMap() {
        return values;
    }

    private long whole(String key, Object value) {
        if (value instanceof Number n && n.doubleValue() == Math.rint(n.doubleValue()) && Math.abs(n.doubleValue()) < 0x1p53) {
            return n.longValue();
        }
        throw wrong(key, value, "a whole number");
    }

    private int narrow(String key, long value) {
        if (value != (int) value) {
            throw wrong(key, value, "a whole number of 32 bits");
        }
        return (int) value;
    }

    private List<?> list(String key, String expected) {
        if (required(key, expected) instanceof List<?> list && !list.isEmpty()) {
            return list;
        }
        throw wrong(key, values.get(key), expected);
    }

    private Object required(String key, String expected) {
        if (!has(key)) {
            throw wrong(key, "none", expected);
        }
        return values.get(key);
    }

    private IllegalArgumentException wrong(String key, Object found, String expected) {
        return new IllegalArgumentException(source + ": " + key + ": found " + found + "; expected " + expected);
    }

    @Override
    public String toString() {
        return source;
    }
}
