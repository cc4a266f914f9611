package io.halftone.checkpoint;

import io.halftone.fuzz.Contract;
import io.halftone.fuzz.Scratch;
import io.halftone.ops.CheckpointException;
import java.nio.file.Path;
import java.util.List;

/** Quantized checkpoints: manifest and tensors together, and every parameter decoded. */
public final class CheckpointFuzz {
    private static final Path FILE = Scratch.file("checkpoint.safetensors");

    private CheckpointFuzz() {
    }

    /** One input: as {@link Scratch#safetensors} has it. */
    public static void fuzzerTestOneInput(byte[] data) {
        Scratch.safetensors(FILE, data);
        Contract.check(() -> {
            try (StoredCheckpoint checkpoint = StoredCheckpoint.open(FILE)) {
                if (checkpoint.form() != Form.STATE_ONLY) {
                    var parameters = checkpoint.parameters();
                    parameters.names().forEach(parameters::read);
                }
            }
        }, List.of(CheckpointException.class));
    }
}
