package io.halftone.shell.internal;

import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Signs the provenance of artifacts. */
@Service
@Command(scope = "halftone", name = "sign", description = "Signs the provenance of artifacts with an Ed25519 key",
    detailedDescription = "classpath:sign.txt")
public final class SignCommand extends HalftoneCommand {
    @Option(name = "--key", description = "Ed25519 private key in PEM (PKCS 8)", required = true)
    @Completion(PathCompleter.Any.class)
    private String key;

    @Argument(name = "artifact", description = "A checkpoint, export, engine, recipe or statistics; a folder for all that are in it", required = true)
    @Completion(PathCompleter.Any.class)
    private String artifact;

    @Override
    Report report() {
        List<String> files = halftone.sign(path("artifact", artifact), path("key", key));
        return new Report(Map.of("signatures", files), out -> files.forEach(file -> Facts.line(out, "signature", file)));
    }
}
