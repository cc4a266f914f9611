package io.halftone.lora;

import io.halftone.fuzz.Contract;
import io.halftone.fuzz.Scratch;
import io.halftone.ops.CheckpointException;
import java.nio.file.Path;
import java.util.List;

/** LoRA files: keys of every spelling, shapes, scales, and what their metadata says. */
public final class LoraFuzz {
    private static final Path FILE = Scratch.file("lora.safetensors");

    private LoraFuzz() {
    }

    /** One input: as {@link Scratch#safetensors} has it. */
    public static void fuzzerTestOneInput(byte[] data) {
        Scratch.safetensors(FILE, data);
        Contract.check(() -> {
            try (LoraFile lora = LoraFile.open(FILE)) {
                for (LoraPair pair : lora.pairs()) {
                    lora.values(pair.down());
                    lora.values(pair.up());
                }
            }
        }, List.of(CheckpointException.class));
    }
}
