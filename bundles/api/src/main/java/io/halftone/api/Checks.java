package io.halftone.api;

/** Checks that several requests share. */
final class Checks {
    private Checks() {}

    static void atLeast(String name, long found, long least) {
        if (found < least) {
            throw new IllegalArgumentException(name + ": found " + found + "; expected >= " + least);
        }
    }
}
