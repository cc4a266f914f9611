package io.halftone.quant;

import io.halftone.ops.Layer;
import io.halftone.ops.Ops;

/**
 * Input and weight rounded; the product in full precision.
 *
 * @param format of both
 * @param input  the range of what goes in
 * @param weight the range of the weight
 */
public record Rounded(QuantFormat format, Range input, Range weight) implements LayerRewrite {
    @Override
    public <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T w) {
        return ops.linear(layer, format.roundTrip(ops, x, input), format.roundTrip(ops, w, weight));
    }

    @Override
    public <T> T conv(Ops<T> ops, Layer.Conv layer, T x, T w) {
        return ops.conv(layer, format.roundTrip(ops, x, input), format.roundTrip(ops, w, weight));
    }
}
