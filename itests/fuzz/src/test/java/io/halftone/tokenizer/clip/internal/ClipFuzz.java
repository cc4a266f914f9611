package io.halftone.tokenizer.clip.internal;

import io.halftone.fuzz.Contract;
import io.halftone.fuzz.Scratch;
import io.halftone.ops.CheckpointException;
import io.halftone.pipeline.Tokenizer;
import java.nio.file.Path;
import java.util.List;

/** CLIP's tokenizer.json, and a text through what it makes. */
public final class ClipFuzz {
    private static final Path FILE = Scratch.file("tokenizer.json");

    private ClipFuzz() {
    }

    /** One input: the file. */
    public static void fuzzerTestOneInput(byte[] data) {
        Scratch.write(FILE, data);
        Contract.check(() -> {
            Tokenizer tokenizer = new ClipTokenizerLoader().load(FILE.getParent());
            tokenizer.encode("a photo of the \u00e4pfel <|endoftext|>", tokenizer.maxLength());
        }, List.of(CheckpointException.class));
    }
}
