package io.halftone.algorithm.smoothquant;

import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerState;

/**
 * The input's channels multiplied with their factors, then what follows. The weight it is given is already divided by them.
 *
 * @param factors one for each input channel
 * @param then    what the smoothed input goes to
 */
public record Smoothed(float[] factors, LayerRewrite then) implements LayerRewrite {
    public Smoothed {
        factors = factors.clone();
    }

    /** What follows, behind a state's factors; what follows alone where the state has none. */
    public static LayerRewrite of(LayerState state, LayerRewrite then) {
        float[] factors = state.vectors().get(Smoothing.VECTOR);
        return factors == null ? then : new Smoothed(factors, then);
    }

    @Override
    public float[] factors() {
        return factors.clone();
    }

    @Override
    public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T w) {
        T scale = ops.constant(factors, Shape.of(layer.in()), ops.dtype(x));
        return then.linear(ops, layer, ops.mul(x, scale), w);
    }
}
