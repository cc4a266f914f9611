package io.halftone.core.internal.run;

import io.halftone.ops.ForwardingOps;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.quant.LayerRewrite;
import java.util.Map;

/** Runs rewrites in place of the layers that have one. */
public final class RewritingOps<T> extends ForwardingOps<T> {
    private final Map<String, LayerRewrite> rewrites;

    /** Rewrites by layer name, over these operations. */
    public RewritingOps(Ops<T> target, Map<String, LayerRewrite> rewrites) {
        super(target);
        this.rewrites = Map.copyOf(rewrites);
    }

    @Override
    public T linear(Layer.Linear layer, T x) {
        LayerRewrite rewrite = rewrites.get(layer.name());
        return rewrite == null ? target().linear(layer, x)
            : rewrite.linear(target(), layer, x, parameter(layer.name() + ".weight", layer.weightShape()));
    }

    @Override
    public T conv(Layer.Conv layer, T x) {
        LayerRewrite rewrite = rewrites.get(layer.name());
        return rewrite == null ? target().conv(layer, x)
            : rewrite.conv(target(), layer, x, parameter(layer.name() + ".weight", layer.weightShape()));
    }

    @Override
    public T attention(Layer.Attention layer, T q, T k, T v) {
        LayerRewrite rewrite = rewrites.get(layer.name());
        return rewrite == null ? target().attention(layer, q, k, v) : rewrite.attention(target(), layer, q, k, v);
    }
}
