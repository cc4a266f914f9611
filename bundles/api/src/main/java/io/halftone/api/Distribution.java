package io.halftone.api;

/**
 * Where units of work run, and which.
 *
 * @param distributor name of the distributor that has them run
 * @param slice       which part of them to run, from 1
 * @param slices      how many parts there are; 1 for the work as a whole
 */
public record Distribution(String distributor, int slice, int slices) {
    /** The distributor that is always there: units run in this process. */
    public static final String IN_PROCESS = "in-process";

    public Distribution {
        if (slice < 1 || slice > slices) {
            throw new IllegalArgumentException("slice: found " + slice + "/" + slices + "; expected 1/1 to N/N");
        }
    }

    /** The whole work, in this process. */
    public static Distribution here() {
        return new Distribution(IN_PROCESS, 1, 1);
    }

    /** Whether a unit is of this slice: every so many-th. */
    public boolean has(int unit) {
        return unit % slices == slice - 1;
    }

    /** Whether it is the whole work. */
    public boolean isWhole() {
        return slices == 1;
    }
}
