package io.halftone.core.internal.task;

import io.halftone.api.PipelineSource;
import io.halftone.api.PlanRequest;
import io.halftone.api.PlanResult;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.plan.Planner;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.quant.Planned;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Plans of backbones: of a folder, of a preset, or of a configuration file alone. */
public final class Plans {
    private Plans() {}

    /** What the request asks for; reads configuration alone. */
    public static PlanResult of(Workplace work, PlanRequest request) throws IOException {
        Plugins plugins = work.plugins();
        if (!request.config().isEmpty()) {
            return plan(plugins, request, work.opener().config(Path.of(request.config())));
        }
        if (request.path().isEmpty() && plugins.presets().has(request.model()) && !work.models().has(request.model())) {
            PipelineConfig config = work.opener().configuration("preset " + request.model(), plugins.presets().get(request.model()).files());
            return plan(plugins, request, config.component(plugins.pipelines().get(config.index().className()).spec(config).backbone()));
        }
        try (OpenPipeline pipeline = work.open(new PipelineSource(request.path(), request.model(), DType.FLOAT32))) {
            return plan(plugins, request, pipeline.config().component(pipeline.spec().backbone()));
        }
    }

    private static PlanResult plan(Plugins plugins, PlanRequest request, ModelConfig config) {
        Planner planner = new Planner(request.settings(), plugins);
        List<Layer> layers = Scan.of(plugins.models().get(config.className()), config).layers();
        List<Planned> plan = planner.plan(layers);
        planner.checkOptions(plan);
        return planner.describe(config.className(), layers);
    }
}
