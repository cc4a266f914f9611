package io.halftone.shell.internal;

import io.halftone.api.CalibrationWork;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was given about a calibration that is done in parts.
 *
 * @param workers       0 where it was not given
 * @param slice         as written, 3/8; null where it was not given
 * @param statisticsOut absolute path; empty where it was not given
 * @param statisticsIn  absolute paths
 */
record CalibrationParts(int workers, String slice, String statisticsOut, List<String> statisticsIn) {
    private static final Pattern SLICE = Pattern.compile("(\\d{1,6})/(\\d{1,6})");

    CalibrationWork work() {
        if (slice == null) {
            return new CalibrationWork(workers, 1, 1, statisticsOut, statisticsIn);
        }
        Matcher parts = SLICE.matcher(slice);
        if (!parts.matches()) {
            throw new IllegalArgumentException("slice: found " + slice + "; expected a part of a number of parts, such as 3/8");
        }
        return new CalibrationWork(workers, Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)), statisticsOut,
            statisticsIn);
    }
}
