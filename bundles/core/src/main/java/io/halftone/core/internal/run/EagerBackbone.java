package io.halftone.core.internal.run;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.ops.Ops;
import io.halftone.ops.Scope;
import io.halftone.ops.Values;
import java.util.List;
import java.util.function.UnaryOperator;

/** The model's own pass on an eager runtime. */
public final class EagerBackbone<T> implements Backbone<T> {
    private final ModelAdapter adapter;
    private final ModelConfig config;
    private final Ops<T> ops;
    private final String description;

    /** The pass over these operations, which may be decorated. */
    public EagerBackbone(OpenPipeline pipeline, Ops<T> ops, String description) {
        this(pipeline.model(pipeline.spec().backbone()), pipeline.config().component(pipeline.spec().backbone()), ops, description);
    }

    private EagerBackbone(ModelAdapter adapter, ModelConfig config, Ops<T> ops, String description) {
        this.adapter = adapter;
        this.config = config;
        this.ops = ops;
        this.description = description;
    }

    @Override
    public T run(Values<T> inputs) {
        return ops.region("", () -> List.of(adapter.forward(new Scope<>(ops), config, inputs).asMap().values().iterator().next())).get(0);
    }

    @Override
    public Backbone<T> over(UnaryOperator<Ops<T>> decoration) {
        return new EagerBackbone<>(adapter, config, decoration.apply(ops), description);
    }

    @Override
    public String description() {
        return description;
    }
}
