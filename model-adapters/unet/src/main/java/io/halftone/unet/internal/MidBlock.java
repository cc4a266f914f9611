package io.halftone.unet.internal;

import io.halftone.ops.Scope;

/** A transformer between two residual blocks at the coarsest level. Source: diffusers, unet_2d_blocks.py, UNetMidBlock2DCrossAttn. */
record MidBlock(UNetConfig config) {
    /** Keeps the shape of x: (batch, channels, height, width). */
    <T> T apply(Scope<T> s, T x, T temb, T context) {
        UNetConfig.Level level = config.levels().get(config.levels().size() - 1);
        var resnet = new ResidualBlock(level.channels(), config.groups(), config.epsilon());
        var transformer = new SpatialTransformer(level.depth(), level.heads(), config.groups(), config.linear());
        return s.within("mid_block", b -> {
            T first = b.within("resnets.0", r -> resnet.apply(r, x, temb));
            T mixed = b.within("attentions.0", a -> transformer.apply(a, a.ops().adopt(first), context));
            return b.within("resnets.1", r -> resnet.apply(r, r.ops().adopt(mixed), temb));
        });
    }
}
