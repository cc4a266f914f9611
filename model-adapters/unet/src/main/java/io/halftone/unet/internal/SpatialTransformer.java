package io.halftone.unet.internal;

import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;

/**
 * Transformer blocks over the pixels of a feature map, beside a short cut. Source: diffusers, transformer_2d.py,
 * Transformer2DModel with continuous input.
 *
 * @param depth  transformer blocks
 * @param linear whether the projections are linear layers; 1x1 convolutions otherwise
 */
record SpatialTransformer(int depth, int heads, int groups, boolean linear) {
    /** Of the group norm; the configuration has no say in it. */
    private static final double EPSILON = 1e-6;

    /**
     * @param x       (batch, channels, height, width)
     * @param context (batch, tokens, contextDim)
     * @return the shape of x
     */
    <T> T apply(Scope<T> s, T x, T context) {
        Ops<T> o = s.ops();
        Shape map = o.shape(x);
        long channels = map.dim(1).size();
        T hidden = s.groupNorm("norm", x, groups, EPSILON);
        hidden = linear
            ? s.linear("proj_in", channels, Role.PROJECTION, tokens(o, hidden))
            : tokens(o, s.conv("proj_in", channels, 1, 1, 0, Role.PROJECTION, hidden));
        var block = new TransformerBlock(heads);
        for (int i = 0; i < depth; i++) {
            T before = hidden;
            hidden = s.within("transformer_blocks." + i, b -> block.apply(b, b.ops().adopt(before), context));
        }
        hidden = linear
            ? pixels(o, s.linear("proj_out", channels, Role.PROJECTION, hidden), map)
            : s.conv("proj_out", channels, 1, 1, 0, Role.PROJECTION, pixels(o, hidden, map));
        return o.add(hidden, x);
    }

    /** (batch, channels, height, width) to (batch, height * width, channels). */
    private static <T> T tokens(Ops<T> o, T x) {
        Shape map = o.shape(x);
        return o.reshape(o.permute(x, 0, 2, 3, 1), Shape.of(map.dim(0), map.dim(2).times(map.dim(3)), map.dim(1)));
    }

    /** The way back from {@link #tokens}. */
    private static <T> T pixels(Ops<T> o, T x, Shape map) {
        Dim channels = o.shape(x).dim(2);
        return o.permute(o.reshape(x, Shape.of(map.dim(0), map.dim(2), map.dim(3), channels)), 0, 3, 1, 2);
    }
}
