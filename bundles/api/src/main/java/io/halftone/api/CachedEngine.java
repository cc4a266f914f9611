package io.halftone.api;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * An export or an engine that was made on the way to a picture, and is kept.
 *
 * @param folder that holds its files
 * @param kind   {@code engines} or {@code exports}
 * @param bytes  of all its files
 * @param used   when it was made or last used
 * @param facts  what it was made of, a line each
 */
public record CachedEngine(Path folder, String kind, long bytes, Instant used, List<String> facts) {
    public CachedEngine {
        facts = List.copyOf(facts);
    }
}
