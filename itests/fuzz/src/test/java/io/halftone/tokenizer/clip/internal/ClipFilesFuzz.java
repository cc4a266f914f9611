package io.halftone.tokenizer.clip.internal;

import io.halftone.fuzz.Contract;
import io.halftone.fuzz.Scratch;
import io.halftone.ops.CheckpointException;
import io.halftone.pipeline.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** CLIP's vocab.json, merges.txt and tokenizer_config.json, and a text through what they make. */
public final class ClipFilesFuzz {
    private static final Path VOCABULARY = Scratch.file("vocab.json");
    private static final List<String> NAMES = List.of("vocab.json", "merges.txt", "tokenizer_config.json");

    private ClipFilesFuzz() {
    }

    /** One input: the three files, with a byte of 0 between them. */
    public static void fuzzerTestOneInput(byte[] data) {
        int from = 0;
        for (String name : NAMES) {
            int to = from;
            while (to < data.length && data[to] != 0) {
                to++;
            }
            Scratch.beside(VOCABULARY, name, Arrays.copyOfRange(data, Math.min(from, to), to));
            from = Math.min(to + 1, data.length);
        }
        Contract.check(() -> {
            Tokenizer tokenizer = new ClipTokenizerLoader().load(VOCABULARY.getParent());
            tokenizer.encode("a photo of the \u00e4pfel <|endoftext|>", tokenizer.maxLength());
        }, List.of(CheckpointException.class));
    }
}
