package io.halftone.core.internal.run;

import io.halftone.core.internal.job.Monitor;
import io.halftone.core.internal.plan.Scan;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature;
import io.halftone.ops.DType;
import io.halftone.ops.DeviceException;
import io.halftone.ops.EagerOps;
import io.halftone.ops.EagerRuntime;
import io.halftone.ops.Ops;
import io.halftone.ops.Parameters;
import io.halftone.ops.Scope;
import io.halftone.ops.Values;
import io.halftone.pipeline.Components;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.Tokenizer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/** A pipeline's parts on an eager runtime; each is checked against its checkpoint when it is first used. */
public final class RunningPipeline<T> implements Components<T> {
    private final OpenPipeline pipeline;
    private final EagerRuntime.Context<T> context;
    private final EagerOps<T> ops;
    private final Monitor monitor;
    private final boolean tiled;
    private final Map<String, EagerOps<T>> componentOps;
    private final Map<String, Tokenizer> tokenizers;
    private final BiFunction<String, EagerOps<T>, Ops<T>> decoration;
    private LatentColours colours;

    /** A pipeline that decodes pictures whole. */
    public RunningPipeline(OpenPipeline pipeline, EagerRuntime.Context<T> context, Monitor monitor) {
        this(pipeline, context, monitor, false);
    }

    /**
     * @param tiled whether large pictures are decoded in tiles
     */
    public RunningPipeline(OpenPipeline pipeline, EagerRuntime.Context<T> context, Monitor monitor, boolean tiled) {
        this.tiled = tiled;
        this.pipeline = pipeline;
        this.context = context;
        this.monitor = monitor;
        this.ops = context.ops(new NoParameters(), pipeline.computeType());
        this.componentOps = new HashMap<>();
        this.tokenizers = new HashMap<>();
        this.decoration = (component, its) -> its;
    }

    private RunningPipeline(RunningPipeline<T> parts, BiFunction<String, EagerOps<T>, Ops<T>> decoration) {
        this.tiled = parts.tiled;
        this.pipeline = parts.pipeline;
        this.context = parts.context;
        this.monitor = parts.monitor;
        this.ops = parts.ops;
        this.componentOps = parts.componentOps;
        this.tokenizers = parts.tokenizers;
        this.decoration = decoration;
    }

    /**
     * The same parts, whose components run over operations that are decorated.
     *
     * @param other gives them for a component's name and its own operations
     */
    RunningPipeline<T> over(BiFunction<String, EagerOps<T>, Ops<T>> other) {
        return new RunningPipeline<>(this, other);
    }

    /** The folder and its plugins. */
    public OpenPipeline pipeline() {
        return pipeline;
    }

    /** What tensors come from. */
    public EagerRuntime.Context<T> context() {
        return context;
    }

    /**
     * Operations over other weights of the backbone than the folder's, checked against its architecture.
     *
     * @param added parameters beyond the architecture's that must be there
     */
    public EagerOps<T> backboneOps(String source, Parameters weights, Set<String> added) {
        String backbone = pipeline.spec().backbone();
        pipeline.scan(backbone).check(source, weights, false, added);
        return context.ops(weights, pipeline.computeType(backbone));
    }

    /** Operations over the folder's own backbone weights. */
    public EagerOps<T> backboneOps() {
        return componentOps(pipeline.spec().backbone());
    }

    /** The colours of its latents, which the first call finds by decoding some. */
    LatentColours colours() {
        if (colours == null) {
            colours = LatentColours.of(this);
        }
        return colours;
    }

    @Override
    public PipelineConfig config() {
        return pipeline.config();
    }

    @Override
    public EagerOps<T> ops() {
        return ops;
    }

    @Override
    public boolean tiledDecoding() {
        return tiled;
    }

    @Override
    public DType computeType(String component) {
        return pipeline.computeType(component);
    }

    @Override
    public Tokenizer tokenizer(String component) {
        return tokenizers.computeIfAbsent(component, name -> {
            try {
                return pipeline.tokenizer(name);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    @Override
    public Values<T> run(String component, Values<T> inputs) {
        monitor.check();
        try {
            return pass(component, inputs);
        } catch (DeviceException e) {
            if (!ops.releaseRecordings()) {
                throw e;
            }
            return pass(component, inputs);
        }
    }

    private Values<T> pass(String component, Values<T> inputs) {
        ModelAdapter adapter = pipeline.model(component);
        ModelConfig config = pipeline.config().component(component);
        EagerOps<T> its = componentOps(component);
        List<String> names = new ArrayList<>();
        List<T> results = its.region(component, () -> {
            Map<String, T> cast = new LinkedHashMap<>();
            for (ModelSignature.Port port : adapter.signature(config).inputs()) {
                cast.put(port.name(), its.cast(inputs.get(port.name()), port.type(its.computeType())));
            }
            Values<T> outputs = adapter.forward(new Scope<>(decoration.apply(component, its)), config, Values.of(cast));
            names.addAll(outputs.names());
            return List.copyOf(outputs.asMap().values());
        });
        Map<String, T> outputs = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            outputs.put(names.get(i), results.get(i));
        }
        return Values.of(outputs);
    }

    private EagerOps<T> componentOps(String component) {
        return componentOps.computeIfAbsent(component, name -> {
            Parameters parameters = pipeline.parameters(name);
            Scan scan = pipeline.scan(name);
            boolean backbone = name.equals(pipeline.spec().backbone());
            scan.check(pipeline.folder().path().resolve(name).toString(), parameters, !backbone, Set.of());
            return context.ops(parameters, pipeline.computeType(name));
        });
    }
}
