package io.halftone.shell.internal;

import java.util.List;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Joins files of calibration statistics. */
@Service
@Command(scope = "halftone", name = "merge-stats",
    description = "Joins statistics of the same calibration over different batches into one file",
    detailedDescription = "classpath:merge-stats.txt")
public final class MergeStatsCommand extends HalftoneCommand {
    @Option(name = "--out", description = "File to write", required = true)
    @Completion(PathCompleter.Any.class)
    private String target;

    @Argument(name = "files", description = "Files that quantize --stats-out wrote", multiValued = true, required = true)
    @Completion(PathCompleter.Any.class)
    private List<String> files = List.of();

    @Override
    Report report() {
        return StatisticsReport.of(halftone.mergeStatistics(files.stream().map(file -> path("files", file)).toList(), path("out", target)));
    }
}
