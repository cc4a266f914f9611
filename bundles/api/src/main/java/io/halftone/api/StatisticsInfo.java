package io.halftone.api;

/**
 * A file of calibration statistics.
 *
 * @param file    the file
 * @param digest  SHA-256 of what the statistics are of, hexadecimal
 * @param batches batches that it covers
 * @param total   batches that there are
 * @param sites   sites that were observed
 * @param bytes   size of the file
 */
public record StatisticsInfo(String file, String digest, int batches, int total, int sites, long bytes) {}
