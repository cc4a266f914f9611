package io.halftone.sd3.internal;

import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import java.util.List;

/**
 * Attention of image and text tokens to all of them, or of image tokens to themselves.
 * Source: diffusers, attention_processor.py, Attention and JointAttnProcessor2_0.
 *
 * @param normalized  whether queries and keys go through an RMS norm
 */
record JointAttention(int heads, long headDim, boolean normalized) {
    private static final double EPSILON = 1e-6;

    /** Queries, keys and values: (batch, heads, tokens, headDim). */
    private record Projections<T>(T q, T k, T v) {}

    /**
     * @param x      (batch, tokens, dim)
     * @param text   (batch, text tokens, dim)
     * @param answer whether the text gets its output
     * @return for the image and, where it answers, for the text: the shapes of x and text
     */
    <T> List<T> joint(Scope<T> a, T x, T text, boolean answer) {
        Ops<T> o = a.ops();
        Projections<T> own = projections(a, x, "to_q", "to_k", "to_v", "norm_q", "norm_k");
        Projections<T> added = projections(a, text, "add_q_proj", "add_k_proj", "add_v_proj", "norm_added_q", "norm_added_k");
        // sums run over the image's keys first, as in the source; queries stand the other way round, which changes no
        // number, so that the text's rows are a slice
        T q = o.concat(2, List.of(added.q(), own.q()));
        T k = o.concat(2, List.of(own.k(), added.k()));
        T v = o.concat(2, List.of(own.v(), added.v()));
        T both = a.mergeHeads(a.attention(q, k, v));
        Dim words = o.shape(text).dim(1);
        T image = o.slice(both, 1, words, words.plus(o.shape(x).dim(1)));
        T attended = a.linear("to_out.0", dim(), Role.ATTENTION_OUTPUT, image);
        return answer
            ? List.of(attended, a.linear("to_add_out", dim(), Role.ATTENTION_OUTPUT, o.slice(both, 1, Dim.of(0), words)))
            : List.of(attended);
    }

    /** (batch, tokens, dim) to the same. */
    <T> T own(Scope<T> a, T x) {
        Projections<T> p = projections(a, x, "to_q", "to_k", "to_v", "norm_q", "norm_k");
        return a.linear("to_out.0", dim(), Role.ATTENTION_OUTPUT, a.mergeHeads(a.attention(p.q(), p.k(), p.v())));
    }

    private <T> Projections<T> projections(Scope<T> a, T x, String toQ, String toK, String toV, String normQ, String normK) {
        T q = a.splitHeads(a.linear(toQ, dim(), Role.QKV, x), heads);
        T k = a.splitHeads(a.linear(toK, dim(), Role.QKV, x), heads);
        T v = a.splitHeads(a.linear(toV, dim(), Role.QKV, x), heads);
        return normalized ? new Projections<>(a.rmsNorm(normQ, q, EPSILON), a.rmsNorm(normK, k, EPSILON), v) : new Projections<>(q, k, v);
    }

    private long dim() {
        return heads * headDim;
    }
}
