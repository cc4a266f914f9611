package io.halftone.shell.internal;

import io.halftone.api.SynthesizeRequest;
import io.halftone.api.SynthesizeResult;
import org.apache.karaf.shell.api.action.Command;
import org.apache.karaf.shell.api.action.Completion;
import org.apache.karaf.shell.api.action.Option;
import org.apache.karaf.shell.api.action.lifecycle.Service;
import org.apache.karaf.shell.support.completers.StringsCompleter;

/** Writes a pipeline of a preset's shapes with random weights. */
@Service
@Command(scope = "halftone", name = "synthesize",
    description = "Writes a pipeline folder of a preset's true shapes with random weights, to measure memory, speed and export",
    detailedDescription = "classpath:synthesize.txt")
public final class SynthesizeCommand extends JobCommand {
    @Option(name = "--model", description = "Name of the preset, see presets", required = true)
    @Completion(PresetCompleter.class)
    private String model;

    @Option(name = "--path", description = "Folder to write; must not hold anything", required = true)
    @Completion(PathCompleter.Folders.class)
    private String path;

    @Option(name = "--components",
        description = "all, or the names of components whose weights to write, separated by commas; of the others the configuration alone")
    @Completion(NameListCompleter.Components.class)
    private String components = "all";

    @Option(name = "--dtype", description = "Type of the weights: Float, Half or BFloat16")
    @Completion(value = StringsCompleter.class, values = {"Float", "Half", "BFloat16"})
    private String dtype = "Half";

    @Option(name = "--seed", description = "Fixes every weight", valueToShowInHelp = "0")
    private long seed;

    @Override
    Report report() throws Exception {
        var request = new SynthesizeRequest(model, path("path", path), components, Given.computeType("dtype", dtype), seed);
        SynthesizeResult result = await(progress -> halftone.synthesize(request, progress));
        return FolderReports.of(result);
    }
}
