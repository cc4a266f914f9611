package io.halftone.core.internal.task;

import io.halftone.core.internal.MissingRuntime;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.plan.ModelFolders;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.api.PipelineSource;
import io.halftone.ops.EagerRuntime;
import io.halftone.pipeline.PipelineFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What tasks work with.
 *
 * @param plugins taken when the job was asked for
 * @param opener  opens pipeline folders
 * @param runtime runs tensors; loads its library when first used
 * @param models  finds pipeline folders by name
 * @param engines where exports and engines are kept that no request has named
 */
public record Workplace(Plugins plugins, PipelineFolder.Opener opener, EagerRuntime runtime, ModelFolders models, EngineCache engines) {
    /** Keeps engines in the usual place. */
    public Workplace(Plugins plugins, PipelineFolder.Opener opener, EagerRuntime runtime, ModelFolders models) {
        this(plugins, opener, runtime, models, new EngineCache(EngineCache.usual(System.getenv(), System.getProperty("user.home")),
            EngineCache.USUAL_LIMIT));
    }

    /**
     * The same with the runtime on the device that a source asks for; for work with tensors.
     *
     * @throws IllegalArgumentException if there is no such device, or no runtime
     */
    Workplace on(PipelineSource source) {
        if (MissingRuntime.is(runtime)) {
            throw new IllegalArgumentException(MissingRuntime.REFUSAL);
        }
        return source.device().isEmpty() ? this : new Workplace(plugins, opener, runtime.on(source.device()), models, engines);
    }

    /**
     * Opens a pipeline: its configuration, and the plugins that can run it.
     *
     * @throws IllegalArgumentException if there is none
     */
    public OpenPipeline open(PipelineSource source) throws IOException {
        Path folder = source.path().isEmpty() ? models.find(source.model()) : Path.of(source.path()).toAbsolutePath().normalize();
        OpenPipeline pipeline = new OpenPipeline(opener.open(folder), plugins, source);
        try {
            checkPreset(source, pipeline);
            return pipeline;
        } catch (RuntimeException e) {
            pipeline.close();
            throw e;
        }
    }

    /** A folder that is called as a preset must be of its kind: it is used as the preset says. */
    private void checkPreset(PipelineSource source, OpenPipeline pipeline) {
        if (plugins.presets().has(source.model())) {
            String expected = opener.configuration("preset " + source.model(), plugins.presets().get(source.model()).files()).index().className();
            String found = pipeline.config().index().className();
            if (!found.equals(expected)) {
                throw new IllegalArgumentException("model " + source.model() + ": found a " + found + " in " + pipeline.folder().path()
                    + "; expected a " + expected + ", as the preset of that name is");
            }
        }
    }

    /** Refuses options that would have no effect. */
    static void checkOptions(String what, Map<String, String> given, Set<String> honoured) {
        for (String name : given.keySet()) {
            if (!honoured.contains(name)) {
                throw new IllegalArgumentException(name + ": found an option that " + what + " does not honour; expected "
                    + (honoured.isEmpty() ? "none" : "one of " + new TreeSet<>(honoured)));
            }
        }
    }
}
