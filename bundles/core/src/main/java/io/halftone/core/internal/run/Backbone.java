package io.halftone.core.internal.run;

import io.halftone.ops.Ops;
import io.halftone.ops.Values;
import java.util.function.UnaryOperator;

/**
 * What predicts the noise: the model on libtorch, with or without rewrites, or an engine. For use by one thread.
 *
 * @param <T> a tensor
 */
public interface Backbone<T> extends AutoCloseable {
    /** The prediction, made in the current region. */
    T run(Values<T> inputs);

    /** What runs: library, version, device, threads. */
    String description();

    /** What a reader of its latency must know; empty if nothing. */
    default String note() {
        return "";
    }

    /** The recipe that the backbone was quantized by, as JSON; empty in full precision. */
    default String recipe() {
        return "";
    }

    /**
     * The same model over operations that are decorated; itself where they cannot be seen, as those of an engine. It holds nothing of its
     * own, and is used no longer than this one.
     */
    default Backbone<T> over(UnaryOperator<Ops<T>> decoration) {
        return this;
    }

    @Override
    default void close() {
    }
}
