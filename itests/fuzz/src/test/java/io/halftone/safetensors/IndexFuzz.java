package io.halftone.safetensors;

import io.halftone.fuzz.Contract;
import io.halftone.fuzz.Scratch;
import io.halftone.ops.CheckpointException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The reader of a sharded checkpoint's index, and the way from a shard's name to its file. */
public final class IndexFuzz {
    /** Beside the folder, and what links lead to. */
    private static final Path OUTSIDE = Scratch.file("m.safetensors");
    private static final Path FOLDER = OUTSIDE.resolveSibling("folder");
    private static final Path PATH = FOLDER.resolve("x.safetensors.index.json");

    static {
        Scratch.write(OUTSIDE, new byte[8]);
        for (String inside : List.of("m-1.safetensors", "m.safetensors", "sub/m.safetensors")) {
            Scratch.beside(OUTSIDE, "folder/" + inside, new byte[8]);
        }
        try {
            Path link = Files.createSymbolicLink(FOLDER.resolve("link.safetensors"), OUTSIDE);
            Path folder = Files.createSymbolicLink(FOLDER.resolve("up"), OUTSIDE.getParent());
            List.of(link, folder).forEach(each -> each.toFile().deleteOnExit());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private IndexFuzz() {
    }

    /** Loads classes, which takes longer than any input. */
    public static void fuzzerInitialize() {
        fuzzerTestOneInput(new byte[] {'{', '}'});
    }

    /** One input: the index. Shards of some names are there, inside the folder, outside of it, and by links. */
    public static void fuzzerTestOneInput(byte[] data) {
        Contract.check(() -> {
            ShardIndex index = ShardIndex.parse(PATH, new ByteArrayInputStream(data));
            for (String shard : index.weightMap().values()) {
                Contract.check(() -> {
                    Path found = index.shard(shard).toRealPath();
                    if (!found.startsWith(FOLDER)) {
                        throw new AssertionError("found " + found + " for " + shard + "; expected a file in " + FOLDER);
                    }
                }, List.of(CheckpointException.class));
            }
        }, List.of(CheckpointException.class));
    }
}
