package io.halftone.unet.internal;

import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Skips;
import java.util.List;

/**
 * One level on the way up. Source: diffusers, unet_2d_blocks.py, UpBlock2D and CrossAttnUpBlock2D.
 *
 * @param index from the coarsest level
 */
record UpBlock(UNetConfig config, int index) {
    /**
     * @param x     (batch, channels of the level below, height, width); used up
     * @param skips gives one value to each residual block
     * @return (batch, channels, height, width), the last two those of the next skip; of x at the finest level
     */
    <T> T apply(Scope<T> s, T x, T temb, T context, Skips<T> skips) {
        return s.within("up_blocks." + index, b -> run(b, x, temb, context, skips));
    }

    private <T> T run(Scope<T> b, T x, T temb, T context, Skips<T> skips) {
        int last = config.levels().size() - 1;
        UNetConfig.Level level = config.levels().get(last - index);
        var resnet = new ResidualBlock(level.channels(), config.groups(), config.epsilon());
        var transformer = new SpatialTransformer(level.depth(), level.heads(), config.groups(), config.linear());
        T hidden = x;
        for (int i = 0; i <= level.resnets(); i++) {
            T before = hidden;
            hidden = b.within("resnets." + i,
                r -> resnet.apply(r, r.ops().concat(1, List.of(r.ops().adopt(before), skips.pop())), temb));
            if (level.attendsUp()) {
                T mixed = hidden;
                hidden = b.within("attentions." + i, a -> transformer.apply(a, a.ops().adopt(mixed), context));
            }
        }
        T made = hidden;
        return index == last ? made : b.within("upsamplers.0", u -> upsampled(u, level.channels(), u.ops().adopt(made), skips));
    }

    private static <T> T upsampled(Scope<T> u, long channels, T x, Skips<T> skips) {
        Ops<T> o = u.ops();
        Shape finer = o.shape(skips.peek());
        return u.conv("conv", channels, 3, 1, 1, Role.CONVOLUTION, o.upsampleNearest(x, finer.dim(2), finer.dim(3)));
    }
}
