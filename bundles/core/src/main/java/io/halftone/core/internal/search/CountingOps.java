package io.halftone.core.internal.search;

import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import java.util.LinkedHashMap;
import java.util.Map;

/** Counts the multiplications of each layer as it runs. */
final class CountingOps<T> extends ForwardingOps<T> {
    private final Map<String, Long> counts = new LinkedHashMap<>();

    CountingOps(Ops<T> target) {
        super(target);
    }

    /** Multiplications by layer name; those of a layer that runs several times added up. */
    Map<String, Long> counts() {
        return counts;
    }

    @Override
    public T linear(Layer.Linear layer, T x) {
        count(layer, target().shape(x).count().size() * layer.out());
        return target().linear(layer, x);
    }

    @Override
    public T conv(Layer.Conv layer, T x) {
        T y = target().conv(layer, x);
        count(layer, target().shape(y).count().size() * layer.in() * layer.kernel() * layer.kernel());
        return y;
    }

    @Override
    public T attention(Layer.Attention layer, T q, T k, T v) {
        // the scores, and the weighted sum of the values
        count(layer, 2 * target().shape(q).count().size() * target().shape(k).dim(-2).size());
        return target().attention(layer, q, k, v);
    }

    private void count(Layer layer, long multiplications) {
        counts.merge(layer.name(), multiplications, Long::sum);
    }
}
