package io.halftone.core.internal.run;

import io.halftone.export.Engine;
import io.halftone.export.EngineReport;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.util.LinkedHashMap;
import java.util.Map;

/** An engine in place of the model; tensors are bound by name and cast to the engine's types. */
public final class EngineBackbone<T> implements Backbone<T> {
    /** What exports keep the recipe under, as checkpoints do. */
    private static final String RECIPE = "halftone";

    private final EagerOps<T> ops;
    private final Engine engine;
    private final String mark;

    /**
     * @param mark what its description says of the pipeline's weights; empty for nothing
     */
    public EngineBackbone(EagerOps<T> ops, Engine engine, String mark) {
        this.ops = ops;
        this.engine = engine;
        this.mark = mark;
    }

    @Override
    public T run(Values<T> inputs) {
        Map<String, DType> types = engine.inputs();
        Map<String, TensorView> bound = new LinkedHashMap<>();
        inputs.asMap().forEach((name, value) -> {
            DType type = types.get(name);
            // an unknown name goes through, for the engine to refuse with what it expects
            bound.put(name, ops.view(type == null ? value : ops.cast(value, type)));
        });
        return engine.run(Values.of(bound), outputs -> ops.load(outputs.asMap().values().iterator().next()));
    }

    @Override
    public String description() {
        return engine.report().runtime() + ", " + engine.report().device() + mark;
    }

    @Override
    public String recipe() {
        return engine.metadata().getOrDefault(RECIPE, "");
    }

    @Override
    public String note() {
        EngineReport report = engine.report();
        int integer = report.integerLayers().size();
        int all = integer + report.floatLayers().size();
        if (all == 0) {
            return "";
        }
        return integer == 0 ? "all " + all + " quantized layers are computed in floating point between their Q/DQ pairs"
            : integer + " of " + all + " quantized layers run in integer kernels"
                + (integer == all ? "" : ", the others in floating point between their Q/DQ pairs");
    }

    @Override
    public void close() {
        engine.close();
    }
}
