package io.halftone.lora;

import io.halftone.fuzz.Contract;
import io.halftone.fuzz.Scratch;
import io.halftone.ops.CheckpointException;
import java.nio.file.Path;
import java.util.List;

/** What a folder says of the LoRAs that are fused into it. */
public final class LoraManifestFuzz {
    private static final Path FILE = Scratch.file(LoraManifest.FILE);

    static {
        Scratch.beside(FILE, "unet/model.safetensors", new byte[8]);
        Scratch.beside(FILE, LoraManifest.originals("unet"), new byte[8]);
    }

    private LoraManifestFuzz() {
    }

    /** One input: the file; what an unet of it names is there. */
    public static void fuzzerTestOneInput(byte[] data) {
        Scratch.write(FILE, data);
        Contract.check(() -> LoraManifest.read(FILE.getParent()), List.of(CheckpointException.class));
    }
}
