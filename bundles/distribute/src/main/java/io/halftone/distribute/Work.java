package io.halftone.distribute;

/**
 * Work that falls into units: batches of a calibration, pictures, measurements.
 *
 * @param kind        {@code calibrate}, {@code evaluate} or {@code search}: for people
 * @param subject     the model or the folder that it is about: for people
 * @param digest      SHA-256 of the description, hexadecimal: works of equal digests are the same work
 * @param description all that another process needs to open it over its own copy of the pipeline folder; {@link Workbench} alone
 *                    knows its form
 */
public record Work(String kind, String subject, String digest, String description) {
    public Work {
        if (!digest.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("digest: found " + digest + "; expected a SHA-256, hexadecimal");
        }
    }
}
