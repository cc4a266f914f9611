package io.halftone.shell.internal;

import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** A command that runs models, on a device of choice. */
abstract class DeviceCommand extends ComputingCommand {
    @Option(name = "--device",
        description = "What models are computed on: cpu, cuda, cuda:1 ..., or auto for a CUDA device if there is one; a TensorRT engine "
            + "runs on the same GPU; quantize, auto and evaluate take several of one kind, cuda:0,cuda:1, a worker on each",
        valueToShowInHelp = "the configured one, usually auto")
    @Completion(value = StringsCompleter.class, values = {"cpu", "cuda", "cuda:0", "auto"})
    private String device;

    @Override
    final String device() {
        return Given.orElse(device, "");
    }
}
