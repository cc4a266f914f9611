package io.halftone.core.internal.search;

import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.quant.LayerRewrite;
import java.util.Map;

/**
 * Runs rewrites in place of some layers, each over the weights that its algorithm left, and the other layers over the model's own:
 * of weights that were changed together only those of the chosen layers take effect.
 */
final class MixedOps<T> extends ForwardingOps<T> {
    /**
     * What runs in place of a layer.
     *
     * @param <T> a tensor
     * @param ops over the weights as changed for this rewrite
     */
    record Way<T>(LayerRewrite rewrite, Ops<T> ops) {
        private T weight(Layer layer, Shape shape) {
            return ops.parameter(layer.name() + ".weight", shape);
        }
    }

    private final Map<String, Way<T>> ways;

    /** Ways by layer name, over operations with the model's own weights. */
    MixedOps(Ops<T> own, Map<String, Way<T>> ways) {
        super(own);
        this.ways = Map.copyOf(ways);
    }

    @Override
    public T linear(Layer.Linear layer, T x) {
        Way<T> way = ways.get(layer.name());
        return way == null ? target().linear(layer, x) : way.rewrite().linear(way.ops(), layer, x, way.weight(layer, layer.weightShape()));
    }

    @Override
    public T conv(Layer.Conv layer, T x) {
        Way<T> way = ways.get(layer.name());
        return way == null ? target().conv(layer, x) : way.rewrite().conv(way.ops(), layer, x, way.weight(layer, layer.weightShape()));
    }

    @Override
    public T attention(Layer.Attention layer, T q, T k, T v) {
        Way<T> way = ways.get(layer.name());
        return way == null ? target().attention(layer, q, k, v) : way.rewrite().attention(way.ops(), layer, q, k, v);
    }
}
