package io.halftone.tokenizer.t5.internal;

import io.halftone.fuzz.Contract;
import io.halftone.fuzz.Scratch;
import io.halftone.ops.CheckpointException;
import java.nio.file.Path;
import java.util.List;

/** T5's tokenizer_config.json. */
public final class T5SettingsFuzz {
    private static final Path FILE = Scratch.file("tokenizer_config.json");

    private T5SettingsFuzz() {
    }

    /** One input: the file. */
    public static void fuzzerTestOneInput(byte[] data) {
        Scratch.write(FILE, data);
        Contract.check(() -> TokenSettings.read(FILE.getParent()), List.of(CheckpointException.class));
    }
}
