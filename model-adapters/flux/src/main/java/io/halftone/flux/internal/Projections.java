package io.halftone.flux.internal;

import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import java.util.List;

/**
 * Queries, keys and values, queries and keys behind an RMS norm: (batch, tokens, heads, headDim) each. What works on one head of one token
 * at a time comes before heads and tokens are exchanged, so that runtimes do all of it in one pass.
 * Source: diffusers, transformer_flux.py, FluxAttnProcessor.
 */
record Projections<T>(T q, T k, T v) {
    /** Of image tokens, or of a single stream: (batch, tokens, dim). */
    static <T> Projections<T> of(Scope<T> a, T x, int heads) {
        return new Projections<>(a.rmsNorm("norm_q", split(a, "to_q", x, heads), FluxConfig.EPSILON),
            a.rmsNorm("norm_k", split(a, "to_k", x, heads), FluxConfig.EPSILON), split(a, "to_v", x, heads));
    }

    /** Of text tokens beside an image: (batch, tokens, dim). */
    static <T> Projections<T> added(Scope<T> a, T x, int heads) {
        return new Projections<>(a.rmsNorm("norm_added_q", split(a, "add_q_proj", x, heads), FluxConfig.EPSILON),
            a.rmsNorm("norm_added_k", split(a, "add_k_proj", x, heads), FluxConfig.EPSILON), split(a, "add_v_proj", x, heads));
    }

    private static <T> T split(Scope<T> a, String name, T x, int heads) {
        T projected = a.linear(name, a.ops().shape(x).dim(-1).size(), Role.QKV, x);
        Shape s = a.ops().shape(projected);
        return a.ops().reshape(projected, Shape.of(s.dim(0), s.dim(1), Dim.of(heads), Dim.of(s.dim(2).size() / heads)));
    }

    /** These tokens, and the others behind them. */
    Projections<T> then(Ops<T> o, Projections<T> others) {
        return new Projections<>(o.concat(1, List.of(q, others.q)), o.concat(1, List.of(k, others.k)), o.concat(1, List.of(v, others.v)));
    }

    /** (batch, tokens, dim). */
    T attend(Scope<T> a, Rotary<T> rope) {
        Ops<T> o = a.ops();
        return a.mergeHeads(a.attention(heads(o, rope.turn(o, q)), heads(o, rope.turn(o, k)), heads(o, v)));
    }

    /** (batch, heads, tokens, headDim). */
    private static <T> T heads(Ops<T> o, T x) {
        return o.permute(x, 0, 2, 1, 3);
    }
}
