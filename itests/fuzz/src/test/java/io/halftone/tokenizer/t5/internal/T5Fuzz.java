package io.halftone.tokenizer.t5.internal;

import io.halftone.fuzz.Contract;
import io.halftone.fuzz.Scratch;
import io.halftone.ops.CheckpointException;
import java.nio.file.Path;
import java.util.List;

/** T5's spiece.model and tokenizer.json, as far as the library. */
public final class T5Fuzz {
    private static final Path FILE = Scratch.file("spiece.model");

    private T5Fuzz() {
    }

    /** One input: the file, once as either. */
    public static void fuzzerTestOneInput(byte[] data) {
        Scratch.write(FILE, data);
        Contract.check(() -> SentencePieceModel.read(FILE).definition(2).json(), List.of(CheckpointException.class));
        Contract.check(() -> Definition.read(FILE).json(), List.of(CheckpointException.class));
    }
}
