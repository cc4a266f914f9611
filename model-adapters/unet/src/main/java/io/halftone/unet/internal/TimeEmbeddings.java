package io.halftone.unet.internal;

import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import java.util.List;

/**
 * The vector that conditions every residual block: the time step's embedding and, where the model has it, that of pooled
 * text and sizes. Source: diffusers, unet_2d_condition.py, get_time_embed and get_aug_embed.
 */
final class TimeEmbeddings {
    private TimeEmbeddings() {}

    /** (batch, timeDim), in the compute type. */
    static <T> T apply(Scope<T> s, UNetConfig c, Values<T> in) {
        T time = s.within("time_embedding", e -> e.embedded(c.timeDim(), time(e, c, in)));
        return c.addition()
            .map(addition -> s.within("add_embedding",
                e -> e.ops().add(e.ops().adopt(time), e.embedded(c.timeDim(), textAndSizes(e, c, addition, in)))))
            .orElse(time);
    }

    private static <T> T time(Scope<T> e, UNetConfig c, Values<T> in) {
        Ops<T> o = e.ops();
        Dim batch = o.shape(in.get("sample")).dim(0);
        T steps = o.expand(in.get("timestep"), Shape.of(batch));
        int dim = Math.toIntExact(c.levels().get(0).channels());
        return o.cast(e.sinusoid(steps, dim, c.cosineFirst(), c.freqShift()), o.computeType());
    }

    private static <T> T textAndSizes(Scope<T> e, UNetConfig c, UNetConfig.Addition addition, Values<T> in) {
        Ops<T> o = e.ops();
        T text = in.get("text_embeds");
        T sizes = e.sinusoid(in.get("time_ids"), addition.timeDim(), c.cosineFirst(), c.freqShift());
        Shape flat = Shape.of(o.shape(text).dim(0), Dim.of((long) UNetConfig.TIME_IDS * addition.timeDim()));
        return o.concat(-1, List.of(text, o.cast(o.reshape(sizes, flat), o.computeType())));
    }
}
