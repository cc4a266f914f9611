package io.halftone.core.internal.settings;

/**
 * A value that was configured and is refused.
 *
 * @param key      what it is the value of; empty where the key itself is refused
 * @param found    the value
 * @param expected what would do
 */
public record Refusal(String key, String found, String expected) {
    /** The configuration that it is in. */
    public static final String PID = "io.halftone";

    /** One line for users. */
    public String line() {
        return PID + ": " + (key.isEmpty() ? "" : key + ": ") + "found " + found + "; expected " + expected;
    }
}
