package io.halftone.core.internal.task;

import io.halftone.core.internal.run.Backbone;
import io.halftone.ops.Ops;
import io.halftone.ops.Values;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A backbone with what it runs over.
 *
 * @param quantized its recipe
 * @param owned     is released behind the backbone
 */
record OwningBackbone<T>(Backbone<T> backbone, Supplier<String> quantized, Runnable owned) implements Backbone<T> {
    @Override
    public T run(Values<T> inputs) {
        return backbone.run(inputs);
    }

    @Override
    public String description() {
        return backbone.description();
    }

    @Override
    public String note() {
        return backbone.note();
    }

    @Override
    public String recipe() {
        return quantized.get();
    }

    @Override
    public Backbone<T> over(UnaryOperator<Ops<T>> decoration) {
        return backbone.over(decoration);
    }

    @Override
    public void close() {
        try {
            backbone.close();
        } finally {
            owned.run();
        }
    }
}
