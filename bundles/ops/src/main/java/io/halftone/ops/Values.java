package io.halftone.ops;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Values by name, in order: what goes into a model and what comes out.
 *
 * @param <T> a value
 */
public final class Values<T> {
    private final Map<String, T> byName;

    private Values(Map<String, T> byName) {
        this.byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    /** The given values, in the map's order. */
    public static <T> Values<T> of(Map<String, T> byName) {
        return new Values<>(byName);
    }

    /** One value. */
    public static <T> Values<T> of(String name, T value) {
        return new Values<>(Map.of(name, value));
    }

    /** These and one more, which replaces one of the same name. */
    public Values<T> and(String name, T value) {
        Map<String, T> more = new LinkedHashMap<>(byName);
        more.put(name, value);
        return new Values<>(more);
    }

    /**
     * The value of that name.
     *
     * @throws IllegalArgumentException if there is none; the message lists the names there are
     */
    public T get(String name) {
        T value = byName.get(name);
        if (value == null) {
            throw new IllegalArgumentException("value " + name + ": found none; expected one of " + byName.keySet());
        }
        return value;
    }

    /** Whether there is a value of that name. */
    public boolean has(String name) {
        return byName.containsKey(name);
    }

    /** The names in order. */
    public Set<String> names() {
        return byName.keySet();
    }

    /** An unmodifiable view in order. */
    public Map<String, T> asMap() {
        return byName;
    }

    /** Each value changed. */
    public <R> Values<R> map(Function<T, R> change) {
        Map<String, R> changed = new LinkedHashMap<>();
        byName.forEach((name, value) -> changed.put(name, change.apply(value)));
        return new Values<>(changed);
    }

    @Override
    public String toString() {
        return byName.keySet().toString();
    }
}
