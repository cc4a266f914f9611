package io.halftone.api;

import java.util.List;

/**
 * How calibration is carried out. None of it changes what comes out: the same statistics, to the bit, come of any number of
 * workers, of slices merged in any order, and of a run that was killed and taken up again.
 *
 * @param workers       batches that run at a time, each on one thread; 0 for as many as processors and memory allow
 * @param slice         which part of the batches to run, from 1
 * @param slices        how many parts there are; with more than 1 there must be {@code statisticsOut}
 * @param statisticsOut file to keep statistics in, for another run to go on with; empty to keep none once the job is done
 * @param statisticsIn  files of statistics to begin with; what they cover is not run again
 * @param distributor   name of the distributor that has the batches run: {@link Distribution#IN_PROCESS} ...
 */
public record CalibrationWork(int workers, int slice, int slices, String statisticsOut, List<String> statisticsIn, String distributor) {
    public CalibrationWork {
        statisticsIn = List.copyOf(statisticsIn);
        Checks.atLeast("workers", workers, 0);
        if (slice < 1 || slice > slices) {
            throw new IllegalArgumentException("slice: found " + slice + "/" + slices + "; expected 1/1 to N/N");
        }
        if (slices > 1 && statisticsOut.isEmpty()) {
            throw new IllegalArgumentException("slice: found " + slice + "/" + slices + " without a file for its statistics; expected stats-out too");
        }
    }

    /** In this process. */
    public CalibrationWork(int workers, int slice, int slices, String statisticsOut, List<String> statisticsIn) {
        this(workers, slice, slices, statisticsOut, statisticsIn, Distribution.IN_PROCESS);
    }

    /** Everything here, by as many workers as the machine takes. */
    public static CalibrationWork whole() {
        return new CalibrationWork(0, 1, 1, "", List.of());
    }
}
