package io.halftone.core.internal.attest;

import java.nio.file.Path;

/**
 * A file by its content.
 *
 * @param name   what it is called: for an artifact, its path from the folder of its statement; for an input, its kind, a colon and its
 *               path within that, as {@code pipeline:unet/config.json}
 * @param place  where it lay, as a file URI; empty for an artifact, which lies beside its statement
 * @param sha256 hexadecimal
 */
record Resource(String name, String place, String sha256) {
    Resource {
        if (!sha256.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException(name + ": found digest " + sha256 + "; expected a SHA-256 in 64 hexadecimal digits");
        }
    }

    /** A file that was written, of that name and digest. */
    static Resource artifact(String name, String sha256) {
        return new Resource(name, "", sha256);
    }

    /** A file that was read, of that name and digest. */
    static Resource input(String name, Path file, String sha256) {
        return new Resource(name, file.toAbsolutePath().normalize().toUri().toString(), sha256);
    }
}
