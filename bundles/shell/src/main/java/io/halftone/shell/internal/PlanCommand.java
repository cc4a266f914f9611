package io.halftone.shell.internal;

import io.halftone.api.PlanRequest;
import io.halftone.api.PlanResult;
import io.halftone.quant.QuantLevel;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.FileCompleter;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** What a level quantizes. */
@Service
@Command(scope = "halftone", name = "plan", description = "Says what a level quantizes; reads no weights",
    detailedDescription = "classpath:plan.txt")
public final class PlanCommand extends HalftoneCommand {
    @Option(name = "--model", description = "Name of a pipeline in the model folders, see the command models")
    @Completion(ModelCompleter.class)
    private String model;

    @Option(name = "--path", description = "Pipeline folder")
    @Completion(FileCompleter.class)
    private String path;

    @Option(name = "--config", description = "A backbone's config.json, where there is no pipeline")
    @Completion(FileCompleter.class)
    private String config;

    @Option(name = "--format", description = "Number format")
    @Completion(PluginCompleter.Formats.class)
    private String format = "int8";

    @Option(name = "--quant-level", description = Quantization.LEVEL_HELP)
    @Completion(value = StringsCompleter.class, values = {"1", "2", "2.5", "3"})
    private String quantLevel = "3";

    @Option(name = "--policy", description = Quantization.POLICY_HELP)
    @Completion(PluginCompleter.Policies.class)
    private String policy = "standard";

    @Option(name = "--layers", description = "Name every layer")
    private boolean layers;

    @Override
    Report report() {
        Given.atMostOne("plan", "--model", model, "--path", path, "--config", config);
        PlanResult result = halftone.plan(new PlanRequest(path("path", path), Given.orElse(model, ""), path("config", config), format,
            new QuantLevel(quantLevel), policy));
        return new Report(Values.of(result, layers), out -> Text.print(result, layers, out));
    }
}
