package io.halftone.shell.internal;

import org.apache.karaf.shell.support.ansi.SimpleAnsi;

/** Colours words for a terminal, or leaves them as they are. */
enum Colours {
    /** For a pipe, a file, or a user who wants none. */
    NONE,
    /** For a terminal. */
    ANSI;

    static Colours on(boolean terminal) {
        return terminal ? ANSI : NONE;
    }

    /** What is as it should be. */
    String good(String text) {
        return in(this == ANSI ? SimpleAnsi.COLOR_GREEN : "", text);
    }

    /** What deserves a look. */
    String doubtful(String text) {
        return in(this == ANSI ? SimpleAnsi.COLOR_YELLOW : "", text);
    }

    /** What does not work. */
    String bad(String text) {
        return in(this == ANSI ? SimpleAnsi.COLOR_RED : "", text);
    }

    private static String in(String colour, String text) {
        return colour.isEmpty() ? text : colour + text + SimpleAnsi.COLOR_DEFAULT;
    }

    /** The colour of a job's state as a table wants it: null for none. */
    String ofState(String state) {
        return this == NONE ? null : switch (state) {
            case "done" -> SimpleAnsi.COLOR_GREEN;
            case "failed" -> SimpleAnsi.COLOR_RED;
            case "running" -> SimpleAnsi.COLOR_CYAN;
            case "cancelling", "cancelled" -> SimpleAnsi.COLOR_YELLOW;
            default -> null;   // the head of the column
        };
    }
}
