package io.halftone.core.internal.settings;

import io.halftone.api.Defaults;
import io.halftone.core.internal.task.EngineCache;
import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What is configured. Immutable: a job takes the one that is in force when it is asked for, and keeps it.
 *
 * @param modelFolders folders that hold pipeline folders, in the order in which they are searched
 * @param engineCache  where exports and engines are kept that no request has named
 * @param engineCacheBytes what they may take together; 0 for any number
 * @param defaults     plugins that count where nobody says anything
 * @param jobsKept     how many jobs are remembered once they have ended
 */
public record Settings(List<Path> modelFolders, Path engineCache, long engineCacheBytes, Defaults defaults, int jobsKept) {
    /** Jobs that are remembered where nobody says how many. */
    public static final int USUAL_JOBS = 100;

    public Settings {
        modelFolders = List.copyOf(modelFolders);
    }

    /** Those of a configuration that says nothing: of the system properties {@code halftone.models} and {@code halftone.engines}. */
    public static Settings usual() {
        Stream<String> folders = Stream.of(System.getProperty("halftone.models", "").split(File.pathSeparator)).filter(folder -> !folder.isBlank());
        String engines = System.getProperty("halftone.engines", "");
        return new Settings(folders.map(Path::of).toList(),
            engines.isBlank() ? EngineCache.usual(System.getenv(), System.getProperty("user.home")) : Path.of(engines),
            EngineCache.USUAL_LIMIT, Defaults.usual(), USUAL_JOBS);
    }

    /** Where exports and engines are kept that no request has named, and what they may take. */
    public EngineCache cache() {
        return new EngineCache(engineCache, engineCacheBytes);
    }
}
