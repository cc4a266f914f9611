package io.halftone.unet.internal;

import io.halftone.ops.Dim;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;

/**
 * Two convolutions beside a short cut; the time step is added between them. Source: diffusers, resnet.py, ResnetBlock2D.
 *
 * @param channels of the output
 */
record ResidualBlock(long channels, int groups, double epsilon) {
    /**
     * @param x    (batch, any channels, height, width)
     * @param temb (batch, timeDim)
     * @return (batch, channels, height, width)
     */
    <T> T apply(Scope<T> s, T x, T temb) {
        var o = s.ops();
        T hidden = o.silu(s.groupNorm("norm1", x, groups, epsilon));
        hidden = s.conv("conv1", channels, 3, 1, 1, Role.CONVOLUTION, hidden);
        // an embedding by its use: it brings the time step in, and levels leave it alone
        T time = s.linear("time_emb_proj", channels, Role.EMBEDDING, o.silu(temb));
        hidden = o.add(hidden, o.reshape(time, Shape.of(o.shape(time).dim(0), Dim.of(channels), Dim.of(1), Dim.of(1))));
        hidden = o.silu(s.groupNorm("norm2", hidden, groups, epsilon));
        hidden = s.conv("conv2", channels, 3, 1, 1, Role.CONVOLUTION, hidden);
        boolean widens = o.shape(x).dim(1).size() != channels;
        T shortcut = widens ? s.conv("conv_shortcut", channels, 1, 1, 0, Role.SHORTCUT, x) : x;
        return o.add(shortcut, hidden);
    }
}
