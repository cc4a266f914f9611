package io.halftone.shell.internal;

import org.apache.karaf.shell.api.action.Argument;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;

/** Says how layers of a checkpoint came to be as they are. */
@Service
@Command(scope = "halftone", name = "explain", description = "Says how each range of a quantized checkpoint came about",
    detailedDescription = "classpath:explain.txt")
public final class ExplainCommand extends HalftoneCommand {
    @Option(name = "--restore-from", description = "A quantized checkpoint", required = true)
    @Completion(PathCompleter.Tensors.class)
    private String restoreFrom;

    @Argument(name = "layer", description = "The layer's full name, as plan --layers has it; every layer where it is left out")
    @Completion(LayerCompleter.class)
    private String layer;

    @Override
    Report report() {
        return ExplainReport.of(halftone.explain(path("restore-from", restoreFrom), Given.orElse(layer, "")));
    }
}
