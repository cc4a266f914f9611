package io.halftone.quant;

import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What runs in place of a layer once it is quantized. Written against {@link Ops} alone: fake quantization where it is
 * run, Q/DQ pairs where it is exported. Rewrites nest.
 */
@ConsumerType
public interface LayerRewrite {
    /** In place of a linear layer; weight (out, in). */
    default <T> T linear(Ops<T> ops, Layer.Linear layer, T x, T weight) {
        return ops.linear(layer, x, weight);
    }

    /** In place of a convolution; weight (out, in, kernel, kernel). */
    default <T> T conv(Ops<T> ops, Layer.Conv layer, T x, T weight) {
        return ops.conv(layer, x, weight);
    }

    /** In place of an attention. */
    default <T> T attention(Ops<T> ops, Layer.Attention layer, T q, T k, T v) {
        return ops.attention(layer, q, k, v);
    }
}
