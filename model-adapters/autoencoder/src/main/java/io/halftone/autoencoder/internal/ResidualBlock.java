package io.halftone.autoencoder.internal;

import io.halftone.ops.Role;
import io.halftone.ops.Scope;

/**
 * Two convolutions beside a short cut. Source: diffusers, resnet.py, ResnetBlock2D without time step.
 *
 * @param channels of the output
 */
record ResidualBlock(long channels, int groups) {
    /** Of every group norm in the decoder. */
    static final double EPSILON = 1e-6;

    /** (batch, any channels, height, width) to (batch, channels, height, width). */
    <T> T apply(Scope<T> s, T x) {
        var o = s.ops();
        T hidden = s.conv("conv1", channels, 3, 1, 1, Role.CONVOLUTION, o.silu(s.groupNorm("norm1", x, groups, EPSILON)));
        hidden = s.conv("conv2", channels, 3, 1, 1, Role.CONVOLUTION, o.silu(s.groupNorm("norm2", hidden, groups, EPSILON)));
        boolean widens = o.shape(x).dim(1).size() != channels;
        T shortcut = widens ? s.conv("conv_shortcut", channels, 1, 1, 0, Role.SHORTCUT, x) : x;
        return o.add(shortcut, hidden);
    }
}
