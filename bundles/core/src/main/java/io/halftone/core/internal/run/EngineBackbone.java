package io.halftone.core.internal.run;

import io.halftone.export.Engine;
import io.halftone.export.EngineReport;
import io.halftone.model.ModelSignature;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * An engine in place of the model. Tensors are bound by name; of another type than the engine's they are cast, and on a device that is
 * not the engine's they are copied to host memory.
 */
public final class EngineBackbone<T> implements Backbone<T> {
    /** What exports keep the recipe under, as checkpoints do. */
    private static final String RECIPE = "halftone";

    private final EagerOps<T> ops;
    private final Engine engine;
    private final String mark;
    private final InputForm form;

    /** An engine that takes its inputs as the pipeline has them. */
    public EngineBackbone(EagerOps<T> ops, Engine engine, String mark) {
        this(ops, engine, mark, new InputForm(new ModelSignature(List.of(), List.of(), Map.of())));
    }

    /**
     * @param mark what its description says of the pipeline's weights; empty for nothing
     * @param form how the engine takes its inputs
     */
    public EngineBackbone(EagerOps<T> ops, Engine engine, String mark, InputForm form) {
        this.form = form;
        this.ops = ops;
        this.engine = engine;
        this.mark = mark;
    }

    @Override
    public T run(Values<T> inputs) {
        Map<String, DType> types = engine.inputs();
        Map<String, TensorView> bound = new LinkedHashMap<>();
        form.of(ops, inputs).asMap().forEach((name, value) -> {
            DType type = types.get(name);
            // an unknown name goes through, for the engine to refuse with what it expects
            bound.put(name, reachable(type == null || ops.dtype(value) == type ? value : ops.cast(value, type)));
        });
        return engine.run(Values.of(bound), outputs -> ops.load(outputs.asMap().values().iterator().next()));
    }

    private TensorView reachable(T value) {
        TensorView view = ops.view(value);
        return view.isHost() || view.device() == engine.device().orElse(-1) ? view : ops.copy(value);
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
        String layers = integer == 0 ? "all " + all + " quantized layers are computed in wider types between their Q/DQ pairs"
            : integer + " of " + all + " quantized layers run in 8-bit kernels"
                + (integer == all ? "" : ", the others in wider types between their Q/DQ pairs");
        return Double.isNaN(report.lowShare()) ? layers
            : layers + String.format(Locale.ROOT, "; %.1f %% of multiply-adds in 8 bits", 100 * report.lowShare());
    }

    @Override
    public void close() {
        engine.close();
    }
}
