package io.halftone.shell.internal;

import io.halftone.api.CachedEngine;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** The exports and engines that are kept. */
@Service
@Command(scope = "halftone", name = "engines", description = "Lists the exports and engines that are kept, or removes them",
    detailedDescription = "classpath:engines.txt")
public final class EnginesCommand extends HalftoneCommand {
    @Option(name = "--engine-cache", description = "Folder that they are kept in",
        valueToShowInHelp = "the configured one, usually engines in HALFTONE_DATA, or halftone/engines in the user's cache")
    @Completion(PathCompleter.Folders.class)
    private String engineCache;

    @Option(name = "--clear", description = "Remove all that nobody builds or runs")
    private boolean clear;

    @Override
    Report report() {
        String cache = path("engine-cache", engineCache);
        List<CachedEngine> entries = clear ? halftone.clearEngines(cache) : halftone.cachedEngines(cache);
        Map<String, Object> values = new LinkedHashMap<>();
        values.put(clear ? "removed" : "engines", entries.stream().map(EnginesCommand::values).toList());
        values.put("bytes", bytes(entries));
        return new Report(values, out -> {
            var table = Facts.table(List.of("kind", "size", "used", "folder")).emptyTableText(clear ? "nothing to remove" : "nothing is kept");
            entries.forEach(entry -> table.addRow().addContent(entry.kind(), Facts.megabytes(entry.bytes()),
                entry.used().truncatedTo(ChronoUnit.SECONDS), entry.folder()));
            table.print(out);
            Facts.line(out, clear ? "removed" : "together", Facts.megabytes(bytes(entries)));
        });
    }

    private static long bytes(List<CachedEngine> entries) {
        return entries.stream().mapToLong(CachedEngine::bytes).sum();
    }

    private static Map<String, Object> values(CachedEngine entry) {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("folder", entry.folder().toString());
        values.put("kind", entry.kind());
        values.put("bytes", entry.bytes());
        values.put("used", entry.used().toString());
        values.put("facts", entry.facts());
        return values;
    }
}
