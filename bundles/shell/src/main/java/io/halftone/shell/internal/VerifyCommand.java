package io.halftone.shell.internal;

import io.halftone.api.JobException;
import io.halftone.api.Verification;
import io.halftone.api.Verification.Outcome;
import io.halftone.api.VerifyRequest;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Checks that files are what their provenance says. */
@Service
@Command(scope = "halftone", name = "verify", description = "Checks artifacts, and what they were made from, against their provenance",
    detailedDescription = "classpath:verify.txt")
public final class VerifyCommand extends HalftoneCommand {
    @Option(name = "--path", aliases = "--override-model-path", description = "The pipeline folder that it was made from",
        valueToShowInHelp = "that of the provenance, if it is there")
    @Completion(PathCompleter.Folders.class)
    private String path;

    @Option(name = "--key", description = "Ed25519 public key in PEM, by which the provenance must be signed")
    @Completion(PathCompleter.Any.class)
    private String key;

    @Argument(name = "artifact", description = "A checkpoint, export, engine, recipe or statistics; a folder for all that are in it", required = true)
    @Completion(PathCompleter.Any.class)
    private String artifact;

    private Verification verification;

    @Override
    Report report() {
        verification = halftone.verify(new VerifyRequest(path("artifact", artifact), path("path", path), path("key", key)));
        return VerificationReport.of(verification);
    }

    @Override
    void printed() throws JobException {
        if (!verification.isIntact()) {
            long wrong = verification.checks().stream().filter(c -> c.outcome() == Outcome.CHANGED || c.outcome() == Outcome.MISSING).count();
            throw new JobException("verify: found " + wrong + " changed or missing; expected none", null);
        }
    }
}
