package io.halftone.checkpoint;

import io.halftone.ops.Layer;
import io.halftone.quant.LayerRewrite;
import io.halftone.quant.LayerState;

/**
 * A layer that is quantized.
 *
 * @param layer   where
 * @param state   what was decided for it
 * @param rewrite what runs in its place; tells how its weight is rounded
 */
public record QuantizedLayer(Layer layer, LayerState state, LayerRewrite rewrite) {
    public QuantizedLayer {
        if (!layer.name().equals(state.layer())) {
            throw new IllegalArgumentException(layer.name() + ": found the state of " + state.layer() + "; expected its own");
        }
    }
}
