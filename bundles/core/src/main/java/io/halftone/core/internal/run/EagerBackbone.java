package io.halftone.core.internal.run;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Ops;
import io.halftone.ops.Scope;
import io.halftone.ops.Values;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The model's own pass on an eager runtime. */
public final class EagerBackbone<T> implements Backbone<T> {
    private final ModelAdapter adapter;
    private final ModelConfig config;
    private final Ops<T> ops;
    private final String description;
    private final Optional<RecordedPass<T>> recorded;

    /** The pass over these operations, which may be decorated: each run calls them. */
    public EagerBackbone(OpenPipeline pipeline, Ops<T> ops, String description) {
        this(pipeline.model(pipeline.spec().backbone()), pipeline.config().component(pipeline.spec().backbone()), ops, description, Optional.empty());
    }

    private EagerBackbone(ModelAdapter adapter, ModelConfig config, Ops<T> ops, String description, Optional<EagerOps<T>> device) {
        this.adapter = adapter;
        this.config = config;
        this.ops = ops;
        this.description = description;
        this.recorded = device.map(its -> new RecordedPass<>(its, inputs -> List.of(pass(inputs))));
    }

    /**
     * The pass as the device may record it.
     *
     * @param device     its own operations
     * @param operations these, or a decoration whose work is the device's alone
     */
    public static <T> EagerBackbone<T> recorded(OpenPipeline pipeline, EagerOps<T> device, Ops<T> operations, String description) {
        String backbone = pipeline.spec().backbone();
        return new EagerBackbone<>(pipeline.model(backbone), pipeline.config().component(backbone), operations, description, Optional.of(device));
    }

    @Override
    public T run(Values<T> inputs) {
        return recorded.isPresent() ? recorded.get().run(inputs).get(0) : ops.region("", () -> List.of(pass(inputs))).get(0);
    }

    private T pass(Values<T> inputs) {
        return adapter.forward(new Scope<>(ops), config, inputs).asMap().values().iterator().next();
    }

    @Override
    public Backbone<T> over(UnaryOperator<Ops<T>> decoration) {
        return new EagerBackbone<>(adapter, config, decoration.apply(ops), description, Optional.empty());
    }

    @Override
    public void close() {
        recorded.ifPresent(RecordedPass::close);
    }

    @Override
    public String description() {
        return description;
    }
}
