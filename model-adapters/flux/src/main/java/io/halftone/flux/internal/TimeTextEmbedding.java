package io.halftone.flux.internal;

import io.halftone.ops.Ops;
import io.halftone.ops.Scope;
import io.halftone.ops.Values;

/**
 * The vector that modulates every block: the embedded time step, guidance scale, if the model has one, and pooled text,
 * added. Source: diffusers, embeddings.py, CombinedTimestepGuidanceTextProjEmbeddings; transformer_flux.py, forward.
 */
record TimeTextEmbedding(FluxConfig config) {
    /** What the model has time and guidance multiplied with. */
    private static final double STEPS = 1_000;
    /** Extent of the embedding of one number. */
    private static final int SINES = 256;

    /** (batch, dim). */
    <T> T apply(Scope<T> s, Values<T> in) {
        Ops<T> o = s.ops();
        T time = s.within("timestep_embedder", e -> e.embedded(config.dim(), sines(e, in.get("timestep"))));
        T sum = config.guided()
            ? o.add(time, s.within("guidance_embedder", e -> e.embedded(config.dim(), sines(e, in.get("guidance")))))
            : time;
        return o.add(sum, s.within("text_embedder", e -> e.embedded(config.dim(), in.get("pooled_projections"))));
    }

    /** (batch) to (batch, 256); the product is rounded to the compute type, as in the source. */
    private static <T> T sines(Scope<T> s, T x) {
        Ops<T> o = s.ops();
        T steps = o.mul(o.cast(x, o.computeType()), o.constant(STEPS, o.computeType()));
        return o.cast(s.sinusoid(steps, SINES, true, 0), o.computeType());
    }
}
