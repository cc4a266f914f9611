package io.halftone.checkpoint.internal;

import io.halftone.fuzz.Contract;
import io.halftone.ops.CheckpointException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What a checkpoint says of how it is stored. */
public final class ManifestFuzz {
    private ManifestFuzz() {
    }

    /** One input: the manifest. */
    public static void fuzzerTestOneInput(byte[] data) {
        Contract.check(() -> {
            Manifest manifest = Manifest.parse("x", new String(data, StandardCharsets.UTF_8));
            Checks.of(manifest, new NoTensors());
        }, List.of(CheckpointException.class));
    }
}
