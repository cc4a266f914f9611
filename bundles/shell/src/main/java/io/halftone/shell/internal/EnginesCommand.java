package io.halftone.shell.internal;

import io.halftone.api.CachedEngine;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
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
    /** Of a recipe's digest, as quantize prints it. */
    private static final int DIGITS = 12;

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
            var table = Facts.table(List.of("kind", "size", "used", "made of", "folder")).emptyTableText(clear ? "nothing to remove" : "nothing is kept");
            entries.forEach(entry -> table.addRow().addContent(entry.kind(), Facts.megabytes(entry.bytes()),
                entry.used().truncatedTo(ChronoUnit.SECONDS), origin(entry.facts()), entry.folder()));
            table.print(out);
            Facts.line(out, clear ? "removed" : "together", Facts.megabytes(bytes(entries)));
        });
    }

    /** The engine if it is one, and the model file, or else the compute type and the checkpoint: what tells one entry from another. */
    static String origin(List<String> facts) {
        Map<String, String> byName = new HashMap<>();
        facts.forEach(fact -> byName.put(fact.replaceFirst("(?s): .*", ""), fact.replaceFirst("(?s)[^:]*: ", "")));
        List<String> origin = new ArrayList<>();
        if (byName.containsKey("engine")) {
            origin.add(byName.get("engine").split(",")[0]);
        }
        if (byName.containsKey("path")) {
            origin.add(byName.get("path"));
        } else if (byName.containsKey("type")) {
            origin.add(byName.get("type"));
            String recipe = byName.get("recipe");
            origin.add(recipe == null ? "full precision" : "recipe " + recipe.substring(0, Math.min(DIGITS, recipe.length())));
        }
        return String.join(", ", origin);
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
