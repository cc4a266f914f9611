package io.halftone.algorithm.smoothquant.internal;

import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.quant.LayerRewrite;

/**
 * The input's channels multiplied with their factors, then what follows. The weight it is given is already divided by them.
 *
 * @param factors one for each input channel
 * @param then    what the smoothed input goes to
 */
record Smoothed(float[] factors, LayerRewrite then) implements LayerRewrite {
    @Override
    public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T w) {
        T scale = ops.constant(factors, Shape.of(layer.in()), ops.dtype(x));
        return then.linear(ops, layer, ops.mul(x, scale), w);
    }
}
