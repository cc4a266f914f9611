package io.halftone.sd3.internal;

import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;

/**
 * The vector that modulates every block: the embedded time step and the embedded pooled text, added.
 * Source: diffusers, embeddings.py, CombinedTimestepTextProjEmbeddings.
 */
record TimeTextEmbedding(long dim) {
    /**
     * @param timestep (batch), or (1) for all
     * @param pooled   (batch, pooledDim)
     * @return (batch, dim)
     */
    <T> T apply(Scope<T> s, T timestep, T pooled) {
        Ops<T> o = s.ops();
        Dim batch = o.shape(pooled).dim(0);
        T sines = o.cast(Sinusoid.apply(o, o.expand(timestep, Shape.of(batch))), o.dtype(pooled));
        T time = s.within("timestep_embedder", e -> embedded(e, sines));
        T text = s.within("text_embedder", e -> embedded(e, pooled));
        return o.add(time, text);
    }

    private <T> T embedded(Scope<T> s, T x) {
        return s.linear("linear_2", dim, Role.EMBEDDING, s.ops().silu(s.linear("linear_1", dim, Role.EMBEDDING, x)));
    }
}
