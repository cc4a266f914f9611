package io.halftone.api;

/**
 * One thing that was looked at.
 *
 * @param level    how it is
 * @param subject  what was looked at: Java, driver, libtorch ...
 * @param found    in plain words
 * @param expected what would be right; empty where all is well
 * @param remedy   what to do; empty where there is nothing to do
 */
public record Finding(Level level, String subject, String found, String expected, String remedy) {
    /** How a thing is. */
    public enum Level {
        /** As it should be. */
        OK,
        /** Works, and costs speed or leaves something out. */
        NOTE,
        /** Something that was asked for, or everything, does not work. */
        PROBLEM
    }

    public Finding {
        if (subject.isBlank() || found.isBlank()) {
            throw new IllegalArgumentException("finding: found no subject or nothing found; expected both");
        }
        if (level == Level.OK && !(expected.isEmpty() && remedy.isEmpty())) {
            throw new IllegalArgumentException("finding " + subject + ": found something to expect or to do; expected nothing, as all is well");
        }
    }

    /** Something as it should be. */
    public static Finding ok(String subject, String found) {
        return new Finding(Level.OK, subject, found, "", "");
    }

    /** Something that costs speed or leaves something out. */
    public static Finding note(String subject, String found, String expected, String remedy) {
        return new Finding(Level.NOTE, subject, found, expected, remedy);
    }

    /** Something that does not work. */
    public static Finding problem(String subject, String found, String expected, String remedy) {
        return new Finding(Level.PROBLEM, subject, found, expected, remedy);
    }
}
