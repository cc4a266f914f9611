package io.halftone.core.internal.task;

import io.halftone.api.BuildRequest;
import io.halftone.api.BuildResult;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.job.JobRunner;
import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.quantize.Recipe;
import io.halftone.export.BuildTool;
import io.halftone.export.Engine;
import io.halftone.export.EngineBuilder;
import io.halftone.export.EngineException;
import io.halftone.export.EngineReport;
import io.halftone.files.NewFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Builds an engine from an exported model. */
public final class BuildTask implements JobRunner.Task<BuildResult> {
    /** What trtexec's engine is called where nothing is said. */
    private static final String ENGINE_FILE = "backbone.plan";
    private static final int LISTED = 20;

    private final EngineBuilder builder;
    private final BuildRequest request;
    private final Path model;
    private final Path target;

    /** Checks the request. */
    public BuildTask(Workplace work, BuildRequest request) {
        this.request = request;
        this.builder = work.plugins().engines().get(request.engine());
        Workplace.checkOptions("engine " + request.engine(), request.options(), builder.options());
        if (!builder.isBuiltForExtents() && !request.extents().isEmpty()) {
            throw new IllegalArgumentException("extents: found " + new TreeSet<>(request.extents().keySet()) + "; expected none: engine "
                + request.engine() + " takes every extent that the model does");
        }
        this.model = Backbones.modelFile(request.model());
        this.target = isFolder(request) ? Outputs.folder("engine file", folder(request, model)) : Outputs.file("engine file", request.file());
    }

    @Override
    public BuildResult run(Monitor monitor) throws IOException {
        Stopwatch watch = new Stopwatch();
        monitor.progress("build", 0, 1, "engine");
        var its = new EngineBuilder.Request(model, request.extents(), request.options());
        Path file = isFolder(request) ? target.resolve(builder.fileName(its)) : target;
        EngineReport report;
        try (NewFolders made = NewFolders.make(file.getParent())) {
            report = builder.build(its, file);
            made.keep();
        }
        prove(report);
        monitor.progress("build", 1, 1, "engine");
        long bytes = 0;
        for (Path one : report.files()) {
            bytes += Files.exists(one) ? Files.size(one) : 0;
        }
        return new BuildResult(report, bytes, watch.seconds());
    }

    /** The model and its external data. */
    List<Path> inputs() throws IOException {
        return builder.modelFiles(model);
    }

    /** The command line of the engine's own tool. */
    public static String command(Workplace work, BuildRequest request, int version) throws IOException {
        Plugins.Family<BuildTool> tools = work.plugins().tools();
        if (!tools.has(request.engine())) {
            throw new IllegalArgumentException("engine " + request.engine() + ": found no tool of its own that builds it; expected "
                + (tools.names().isEmpty() ? "" : "one of " + tools.names() + ", or ") + "the archive installed that has the engine");
        }
        BuildTool tool = tools.get(request.engine());
        Workplace.checkOptions("the tool of engine " + request.engine(), request.options(), tool.options());
        Path model = Backbones.modelFile(request.model());
        Path target = isFolder(request) ? Path.of(folder(request, model), ENGINE_FILE) : Path.of(request.file());
        return tool.command(new EngineBuilder.Request(model, request.extents(), request.options()), target, version);
    }

    private static boolean isFolder(BuildRequest request) {
        return request.file().isEmpty() || request.file().endsWith("/");
    }

    private static String folder(BuildRequest request, Path model) {
        return request.file().isEmpty() ? model.getParent().toString() : request.file();
    }

    /** Every layer whose weight the model's recipe quantizes has to be among those that the engine reports. */
    private void prove(EngineReport report) throws IOException {
        String recipe;
        try (Engine engine = builder.load(report.file(), Backbones.loadOptions(builder, request.options()))) {
            recipe = engine.metadata().getOrDefault(Recipe.KEY, "");
        }
        if (recipe.isEmpty()) {
            return;
        }
        Set<String> shown = new HashSet<>(report.integerLayers());
        shown.addAll(report.floatLayers());
        List<String> missing = Recipe.parse(report.file().toString(), recipe).layersWithWeights().stream().filter(layer -> !shown.contains(layer)).toList();
        if (!missing.isEmpty()) {
            throw new EngineException(report.file() + ": found " + missing.size() + " planned layers that the engine does not show quantized, "
                + String.join(", ", missing.subList(0, Math.min(LISTED, missing.size()))) + "; expected none");
        }
    }
}
