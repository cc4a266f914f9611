package io.halftone.shell.internal;

import io.halftone.api.LoraSource;
import io.halftone.api.PipelineSource;
import io.halftone.ops.DType;
import java.util.List;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** A command that reads a pipeline's weights and computes with them. */
abstract class ComputingCommand extends PipelineCommand {
    @Option(name = "--model-dtype", description = "What models compute in: Float, Half or BFloat16",
        valueToShowInHelp = "Float, or what suits an engine that is made")
    @Completion(value = StringsCompleter.class, values = {"Float", "Half", "BFloat16"})
    private String modelDtype;

    @Option(name = "--lora", description = LoraOption.HELP, multiValued = true)
    @Completion(PathCompleter.Tensors.class)
    private List<String> loras = List.of();

    /** What models compute in. */
    final DType computeType() {
        return Given.computeType("model-dtype", Given.orElse(modelDtype, "Float"));
    }

    /** Whether a type was given. */
    final boolean isTypeGiven() {
        return modelDtype != null;
    }

    /** The pipeline that was named; refused if none was. */
    final PipelineSource source() {
        return source("", false);
    }

    /** The pipeline that was named, or else the one of that name. */
    final PipelineSource source(String usual, boolean leaveLoras) {
        List<LoraSource> given = LoraOption.parse(loras, file -> path("lora", file));
        return named(usual, computeType(), given, leaveLoras).on(device());
    }

    /** What to compute on; empty for the configured device. */
    String device() {
        return "";
    }
}
