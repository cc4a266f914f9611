package io.halftone.api;

import io.halftone.export.EngineReport;

/**
 * What was built.
 *
 * @param report  the engine
 * @param bytes   size of its files
 * @param seconds time taken
 */
public record BuildResult(EngineReport report, long bytes, double seconds) {}
