package io.halftone.unet.internal;

import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
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
        T time = s.within("time_embedding", e -> projected(e, c, time(e.ops(), c, in)));
        return c.addition()
            .map(addition -> s.within("add_embedding",
                e -> e.ops().add(e.ops().adopt(time), projected(e, c, textAndSizes(e.ops(), c, addition, in)))))
            .orElse(time);
    }

    private static <T> T time(Ops<T> o, UNetConfig c, Values<T> in) {
        Dim batch = o.shape(in.get("sample")).dim(0);
        T steps = o.expand(in.get("timestep"), Shape.of(batch));
        int dim = Math.toIntExact(c.levels().get(0).channels());
        return o.cast(new Sinusoid(dim, c.cosineFirst(), c.freqShift()).apply(o, steps), o.computeType());
    }

    private static <T> T textAndSizes(Ops<T> o, UNetConfig c, UNetConfig.Addition addition, Values<T> in) {
        T text = in.get("text_embeds");
        T sizes = new Sinusoid(addition.timeDim(), c.cosineFirst(), c.freqShift()).apply(o, in.get("time_ids"));
        Shape flat = Shape.of(o.shape(text).dim(0), Dim.of((long) UNetConfig.TIME_IDS * addition.timeDim()));
        return o.concat(-1, List.of(text, o.cast(o.reshape(sizes, flat), o.computeType())));
    }

    /** Two linear layers. Source: diffusers, embeddings.py, TimestepEmbedding. */
    private static <T> T projected(Scope<T> s, UNetConfig c, T x) {
        T hidden = s.ops().silu(s.linear("linear_1", c.timeDim(), Role.EMBEDDING, x));
        return s.linear("linear_2", c.timeDim(), Role.EMBEDDING, hidden);
    }
}
