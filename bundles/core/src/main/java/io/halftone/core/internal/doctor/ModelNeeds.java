package io.halftone.core.internal.doctor;

import io.halftone.api.Demand;
import io.halftone.api.DoctorRequest;
import io.halftone.api.PipelineSource;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.run.OpenPipeline;
import io.halftone.core.internal.task.Workplace;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import io.halftone.pipeline.PipelineAdapter;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineSpec;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What a pipeline needs in memory, from its configuration alone.
 *
 * @param weights     bytes by component
 * @param backbone    the component that a step runs
 * @param activations bytes that the values of a step take at once, estimated
 * @param inputs      the shapes that this is estimated for
 */
record ModelNeeds(Map<String, Long> weights, String backbone, long activations, String inputs) {
    /** Of a preset, or of a folder. */
    static ModelNeeds of(Workplace work, DoctorRequest request) throws IOException {
        Plugins plugins = work.plugins();
        if (request.path().isEmpty() && plugins.presets().has(request.model()) && !work.models().has(request.model())) {
            PipelineConfig config = work.opener().configuration("preset " + request.model(), plugins.presets().get(request.model()).files());
            PipelineAdapter adapter = plugins.pipelines().get(config.index().className());
            return of(plugins, config, adapter, adapter.spec(config), request.computeType());
        }
        try (OpenPipeline pipeline = work.open(new PipelineSource(request.path(), request.model(), request.computeType()))) {
            return of(plugins, pipeline.config(), pipeline.adapter(), pipeline.spec(), request.computeType());
        }
    }

    private static ModelNeeds of(Plugins plugins, PipelineConfig config, PipelineAdapter pipeline, PipelineSpec spec, DType type) {
        Map<String, Long> weights = new LinkedHashMap<>();
        for (String component : spec.components()) {
            ModelConfig its = config.component(component);
            DType computed = OpenPipeline.computeType(pipeline, component, its, type);
            weights.put(component, Scan.of(plugins.models().get(its.className()), its).parameters().values().stream()
                .mapToLong(shape -> TensorView.byteLength(computed, shape.sizes())).sum());
        }
        ModelConfig its = config.component(spec.backbone());
        ModelAdapter adapter = plugins.models().get(its.className());
        Map<String, Meta> inputs = inputs(adapter.signature(its), type);
        LiveBytes live = new LiveBytes(new ShapeOps(type));
        adapter.forward(new Scope<>(live.ops()), its, Values.of(inputs));
        String text = inputs.entrySet().stream().map(e -> e.getKey() + " " + e.getValue().shape()).collect(Collectors.joining(", "));
        return new ModelNeeds(weights, spec.backbone(), live.most(), text);
    }

    /** The inputs at their usual extents. */
    private static Map<String, Meta> inputs(ModelSignature signature, DType type) {
        Map<String, Meta> inputs = new LinkedHashMap<>();
        for (ModelSignature.Port port : signature.inputs()) {
            List<Dim> dims = port.shape().dims().stream().map(dim -> usual(dim, signature)).toList();
            inputs.put(port.name(), new Meta(Shape.of(dims.toArray(Dim[]::new)), port.type(type)));
        }
        return inputs;
    }

    private static Dim usual(Dim dim, ModelSignature signature) {
        if (dim.isNumber()) {
            return dim;
        }
        ModelSignature.Extent extent = signature.extents().get(dim.toString());
        if (extent == null) {
            throw new IllegalStateException("dimension " + dim + ": found an expression; expected the name of an extent");
        }
        return Dim.of(extent.usual());
    }

    /** All weights. */
    long weightBytes() {
        return weights.values().stream().mapToLong(Long::longValue).sum();
    }

    /** What a machine is asked for. */
    Demand demand(String model, String engine) {
        long own = weights.get(backbone);
        return new Demand(engine, model, own, weightBytes() - own, activations);
    }
}
