package io.halftone.shell.internal;

import io.halftone.api.PlanRequest;
import io.halftone.api.PlanResult;
import java.io.IOException;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** What a level quantizes. */
@Service
@Command(scope = "halftone", name = "plan", description = "Says what a level or a recipe quantizes; reads no weights",
    detailedDescription = "classpath:plan.txt")
public final class PlanCommand extends HalftoneCommand {
    @Option(name = "--model", description = "Name of a pipeline in the model folders, see models, or of a preset, see presets")
    @Completion(ModelCompleter.class)
    private String model;

    @Option(name = "--path", aliases = "--override-model-path", description = "Pipeline folder")
    @Completion(PathCompleter.Folders.class)
    private String path;

    @Option(name = "--config", description = "A backbone's config.json, where there is no pipeline")
    @Completion(PathCompleter.Json.class)
    private String config;

    @Option(name = "--format", description = Quantization.FORMAT_HELP, valueToShowInHelp = Quantization.FORMAT_USUALLY)
    @Completion(PluginCompleter.Formats.class)
    private String format;

    @Option(name = "--quant-level", description = Quantization.LEVEL_HELP, valueToShowInHelp = Quantization.USUAL_LEVEL)
    @Completion(value = StringsCompleter.class, values = {"1", "2", "2.5", "3", "4"})
    private String quantLevel;

    @Option(name = "--policy", description = Quantization.POLICY_HELP, valueToShowInHelp = Quantization.POLICY_USUALLY)
    @Completion(PluginCompleter.Policies.class)
    private String policy;

    @Option(name = "--quant-algo", description = "Algorithm", valueToShowInHelp = "as advised for the model or the format")
    @Completion(PluginCompleter.Algorithms.class)
    private String quantAlgo;

    @Option(name = "--collect-method", description = "Collector of activation ranges",
        valueToShowInHelp = "as advised for the model or the format")
    @Completion(PluginCompleter.Collectors.class)
    private String collectMethod;

    @Option(name = "--recipe", description = RecipeOption.HELP)
    @Completion(PathCompleter.Recipes.class)
    private String recipe;

    @Option(name = "--layers", description = "Name every layer")
    private boolean layers;

    @Override
    Report report() throws IOException {
        Given.atMostOne("plan", "--model", model, "--path", path, "--config", config);
        String name = Given.orElse(model, "");
        var quantization = new Quantization(format, quantLevel, false, policy, quantAlgo, null, null, collectMethod, null, false,
            RecipeOption.read(path("recipe", recipe)));
        PlanResult result = halftone.plan(new PlanRequest(path("path", path), name, path("config", config), quantization.settings(halftone,
            name)));
        return PlanReport.of(result, layers);
    }
}
