package io.halftone.core.internal.attest;

import io.halftone.api.VerifyRequest;
import io.halftone.fuzz.Contract;
import io.halftone.fuzz.Scratch;
import io.halftone.ops.CheckpointException;
import java.nio.file.Path;
import java.util.List;

/** What tells of artifacts: statements, their envelopes, and the keys that sign them. */
public final class StatementFuzz {
    private static final List<Class<? extends Exception>> REFUSALS = List.of(CheckpointException.class, IllegalArgumentException.class);
    private static final Path ARTIFACT = Scratch.file("model");
    private static final Path STATEMENT = ARTIFACT.resolveSibling("model.provenance.json");
    private static final Path ENVELOPE = ARTIFACT.resolveSibling("model.intoto.jsonl");
    private static final Path KEY = ARTIFACT.resolveSibling("key.pem");

    static {
        List.of(STATEMENT, ENVELOPE, KEY).forEach(file -> file.toFile().deleteOnExit());
    }

    private StatementFuzz() {
    }

    /** One input: the file, as each of the three. */
    public static void fuzzerTestOneInput(byte[] data) {
        Scratch.write(STATEMENT, data);
        // the inputs at its own place too, and those of a pipeline that is not there
        Contract.check(() -> Verifier.verify(new VerifyRequest(ARTIFACT.toString(), "", "")), REFUSALS);
        Contract.check(() -> Verifier.verify(new VerifyRequest(ARTIFACT.toString(), "no folder", "")), REFUSALS);
        Scratch.write(ENVELOPE, data);
        Contract.check(() -> Envelope.read(ENVELOPE), REFUSALS);
        Scratch.write(KEY, data);
        Contract.check(() -> KeyFile.open(KEY), REFUSALS);
        Contract.check(() -> KeyFile.secret(KEY), REFUSALS);
    }
}
