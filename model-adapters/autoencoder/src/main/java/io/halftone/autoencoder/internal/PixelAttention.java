package io.halftone.autoencoder.internal;

import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;

/**
 * Attention among the pixels of a feature map, with one head, beside a short cut. Source: diffusers,
 * attention_processor.py, Attention with group norm and residual connection.
 */
record PixelAttention(int groups) {
    private static final int HEADS = 1;

    /** Keeps the shape of x: (batch, channels, height, width). */
    <T> T apply(Scope<T> a, T x) {
        Ops<T> o = a.ops();
        Shape map = o.shape(x);
        long channels = map.dim(1).size();
        T normed = a.groupNorm("group_norm", x, groups, ResidualBlock.EPSILON);
        Shape tokens = Shape.of(map.dim(0), map.dim(2).times(map.dim(3)), map.dim(1));
        T hidden = o.reshape(o.permute(normed, 0, 2, 3, 1), tokens);
        T q = a.splitHeads(a.linear("to_q", channels, Role.QKV, hidden), HEADS);
        T k = a.splitHeads(a.linear("to_k", channels, Role.QKV, hidden), HEADS);
        T v = a.splitHeads(a.linear("to_v", channels, Role.QKV, hidden), HEADS);
        T mixed = a.linear("to_out.0", channels, Role.ATTENTION_OUTPUT, a.mergeHeads(a.attention(q, k, v)));
        T pixels = o.permute(o.reshape(mixed, Shape.of(map.dim(0), map.dim(2), map.dim(3), map.dim(1))), 0, 3, 1, 2);
        return o.add(pixels, x);
    }
}
