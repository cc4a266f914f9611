package io.halftone.launcher;

/**
 * What {@link Main}, on the class path, and the bundle in the container tell each other: system properties, since each has this
 * class by a loader of its own.
 */
public final class Handover {
    /** The command line, its arguments separated by the one character that none can hold. */
    public static final String ARGUMENTS = "halftone.arguments";

    /** Set to {@code true} by the bundle as soon as it takes the command line over. */
    public static final String BEGUN = "halftone.begun";

    /** The command whose bundles are added to the others. */
    public static final String WEB = "web";

    /** The log file of this launch. */
    public static final String LOG = "halftone.log";

    private static final String SEPARATOR = "\0";

    private Handover() { }

    /** Leaves a command line for the bundle. */
    static void leave(String... arguments) {
        System.setProperty(ARGUMENTS, String.join(SEPARATOR, arguments));
    }

    /** The arguments that a command line was joined from. */
    public static String[] arguments(String left) {
        return left.isEmpty() ? new String[0] : left.split(SEPARATOR, -1);
    }
}
