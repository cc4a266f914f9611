package io.halftone.unet.internal;

import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Skips;
import java.util.ArrayList;
import java.util.List;

/**
 * One level on the way down. Source: diffusers, unet_2d_blocks.py, DownBlock2D and CrossAttnDownBlock2D.
 *
 * @param index of the level, from the finest
 */
record DownBlock(UNetConfig config, int index) {
    /**
     * @param x     (batch, channels of the level above, height, width)
     * @param skips gets what the way up needs, the result last
     * @return (batch, channels, height and width halved, rounding up); of x's height and width at the coarsest level
     */
    <T> T apply(Scope<T> s, T x, T temb, T context, Skips<T> skips) {
        List<T> made = s.withinAll("down_blocks." + index, b -> run(b, x, temb, context));
        made.forEach(skips::push);
        return made.get(made.size() - 1);
    }

    private <T> List<T> run(Scope<T> b, T x, T temb, T context) {
        UNetConfig.Level level = config.levels().get(index);
        var resnet = new ResidualBlock(level.channels(), config.groups(), config.epsilon());
        var transformer = new SpatialTransformer(level.depth(), level.heads(), config.groups(), config.linear());
        List<T> made = new ArrayList<>();
        T hidden = x;
        for (int i = 0; i < level.resnets(); i++) {
            T before = hidden;
            hidden = b.within("resnets." + i, r -> resnet.apply(r, before, temb));
            if (level.attendsDown()) {
                T mixed = hidden;
                hidden = b.within("attentions." + i, a -> transformer.apply(a, a.ops().adopt(mixed), context));
            }
            made.add(hidden);
        }
        if (index < config.levels().size() - 1) {
            made.add(b.conv("downsamplers.0.conv", level.channels(), 3, 2, 1, Role.CONVOLUTION, hidden));
        }
        return made;
    }
}
