package io.halftone.fuzz;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.List;

/** What every reader owes an input, whatever it holds: a result, or a refusal in the project's own words. */
public final class Contract {
    private Contract() {
    }

    /** Of processor time, for one input: what shares the machine does not count. */
    private static final long MOST_NANOSECONDS = 1_000_000_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    /** What is done with an input. */
    @FunctionalInterface
    public interface Reading {
        void read() throws Exception;
    }

    /**
     * Reads, and lets pass the exceptions that the reader documents. Exactly these classes: a NumberFormatException is an
     * IllegalArgumentException that nobody meant.
     *
     * @throws AssertionError if anything else was thrown, if it took more than a second, or if a message does not say what was found and what was expected
     */
    public static void check(Reading reading, List<Class<? extends Exception>> documented) {
        long took = nanoseconds(reading, documented);
        if (took > MOST_NANOSECONDS) {
            took = nanoseconds(reading, documented);   // the first of all loads the classes
        }
        if (took > MOST_NANOSECONDS) {
            throw new AssertionError("found " + took + " ns; expected at most " + MOST_NANOSECONDS);
        }
    }

    private static long nanoseconds(Reading reading, List<Class<? extends Exception>> documented) {
        long start = THREADS.getCurrentThreadCpuTime();
        try {
            reading.read();
        } catch (Exception e) {
            if (!documented.contains(e.getClass())) {
                throw new AssertionError("found " + e + "; expected one of " + documented, e);
            }
            String message = String.valueOf(e.getMessage());
            if (!message.contains("found ") || !message.contains("expected ")) {
                throw new AssertionError("found the message " + message + "; expected what was found and what was expected", e);
            }
        }
        return THREADS.getCurrentThreadCpuTime() - start;
    }
}
