package io.halftone.shell.internal;

import io.halftone.api.StatisticsInfo;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a file of calibration statistics covers. */
final class StatisticsReport {
    private StatisticsReport() {}

    static Report of(StatisticsInfo info) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("file", info.file());
        values.put("digest", info.digest());
        values.put("batches", info.batches());
        values.put("total", info.total());
        values.put("sites", info.sites());
        values.put("bytes", info.bytes());
        return new Report(values, out -> {
            Facts.line(out, "statistics", info.file() + " (" + Facts.megabytes(info.bytes()) + ")");
            Facts.line(out, "batches", info.batches() + " of " + info.total() + (info.batches() < info.total()
                ? "; the others are still to run" : ""));
            Facts.line(out, "sites", Integer.toString(info.sites()));
            Facts.line(out, "digest", info.digest());
        });
    }
}
