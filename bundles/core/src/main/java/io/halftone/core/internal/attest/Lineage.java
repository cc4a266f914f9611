package io.halftone.core.internal.attest;

import io.halftone.core.internal.quantize.Digests;
import io.halftone.export.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What artifacts were made of, as what stands beside them tells. */
public final class Lineage {
    private static final String MODEL = "model:";
    /** What a message of protobuf can have. */
    private static final long MOST_BYTES = 1L << 31;

    private Lineage() {}

    /**
     * Refuses an engine whose exported model is still where it was, but is another one now. Nothing is known of one without provenance.
     *
     * @throws EngineException if it is so, with what to do
     * @throws io.halftone.ops.CheckpointException if what stands beside it is no statement
     */
    public static void expectSameModel(Path engine) throws IOException {
        Path file = Statement.file(engine);
        if (!Files.isRegularFile(file)) {
            return;
        }
        // the first is the model file, which has the digest of its data in it
        Resource built = Statement.read(file).inputs().stream().filter(input -> input.name().startsWith(MODEL)).findFirst().orElse(null);
        Path model = built == null ? null : Verifier.place(built);
        if (model != null && Files.isRegularFile(model) && Files.size(model) <= MOST_BYTES && !Digests.sha256(model).equals(built.sha256())) {
            throw new EngineException(engine + ": found an engine of an older export; expected one of " + model
                + ", which has changed since: build it again, or copy it elsewhere without " + file.getFileName() + " to run it as it is");
        }
    }
}
