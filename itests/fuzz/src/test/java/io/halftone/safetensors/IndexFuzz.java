package io.halftone.safetensors;

import io.halftone.fuzz.Contract;
import io.halftone.ops.CheckpointException;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;

/** The reader of a sharded checkpoint's index, and the way from a shard's name to its file. */
public final class IndexFuzz {
    private static final Path PATH = Path.of("no folder/x.safetensors.index.json").toAbsolutePath();

    private IndexFuzz() {
    }

    /** Loads classes, which takes longer than any input. */
    public static void fuzzerInitialize() {
        fuzzerTestOneInput(new byte[] {'{', '}'});
    }

    /** One input: the index. */
    public static void fuzzerTestOneInput(byte[] data) {
        Contract.check(() -> {
            ShardIndex index = ShardIndex.parse(PATH, new ByteArrayInputStream(data));
            // no shard is there: each is refused, and none outside the folder is looked at
            for (String shard : index.weightMap().values()) {
                Contract.check(() -> {
                    throw new AssertionError("found " + index.shard(shard) + "; expected no file");
                }, List.of(CheckpointException.class));
            }
        }, List.of(CheckpointException.class));
    }
}
