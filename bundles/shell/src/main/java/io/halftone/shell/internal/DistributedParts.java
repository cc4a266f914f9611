package io.halftone.shell.internal;

import io.halftone.api.CalibrationWork;
import io.halftone.api.Distribution;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was given about where work runs, and which part of it.
 *
 * @param distributor name of a distributor
 * @param slice       as written, 3/8; null where it was not given
 */
record DistributedParts(String distributor, String slice) {
    static final String DISTRIBUTE_HELP = "Distributor that has the work's units run, see plugins: in-process for workers of this process, one on "
        + "each device; any one gives the same bytes";
    static final String DISTRIBUTE_USUALLY = "the configured one, usually in-process";

    private static final Pattern SLICE = Pattern.compile("(\\d{1,6})/(\\d{1,6})");

    Distribution distribution() {
        if (slice == null) {
            return new Distribution(distributor, 1, 1);
        }
        Matcher parts = SLICE.matcher(slice);
        if (!parts.matches()) {
            throw new IllegalArgumentException("slice: found " + slice + "; expected a part of a number of parts, such as 3/8");
        }
        return new Distribution(distributor, Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
    }

    /**
     * How a calibration is carried out.
     *
     * @param workers       0 where it was not given
     * @param statisticsOut absolute path; empty where it was not given
     * @param statisticsIn  absolute paths
     */
    CalibrationWork work(int workers, String statisticsOut, List<String> statisticsIn) {
        Distribution its = distribution();
        return new CalibrationWork(workers, its.slice(), its.slices(), statisticsOut, statisticsIn, distributor);
    }
}
