package io.halftone.sd3.internal;

import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;

/**
 * The vector that modulates every block: the embedded time step and the embedded pooled text, added.
 * Source: diffusers, embeddings.py, CombinedTimestepTextProjEmbeddings.
 */
record TimeTextEmbedding(long dim) {
    /** Extent of the embedding of one number. */
    private static final int SINES = 256;

    /**
     * @param timestep (batch), or (1) for all
     * @param pooled   (batch, pooledDim)
     * @return (batch, dim)
     */
    <T> T apply(Scope<T> s, T timestep, T pooled) {
        Ops<T> o = s.ops();
        Dim batch = o.shape(pooled).dim(0);
        T sines = o.cast(s.sinusoid(o.expand(timestep, Shape.of(batch)), SINES, true, 0), o.dtype(pooled));
        T time = s.within("timestep_embedder", e -> e.embedded(dim, sines));
        T text = s.within("text_embedder", e -> e.embedded(dim, pooled));
        return o.add(time, text);
    }
}
