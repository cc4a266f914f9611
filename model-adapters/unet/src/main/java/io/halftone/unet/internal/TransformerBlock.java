package io.halftone.unet.internal;

import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import java.util.List;

/**
 * Attention among pixels, attention to the text, and a gated feed-forward, each behind a layer norm and beside a short cut.
 * Source: diffusers, attention.py, BasicTransformerBlock with layer norm; activations.py, GEGLU.
 */
record TransformerBlock(int heads) {
    private static final double EPSILON = 1e-5;
    /** How much wider the feed-forward is than the block. */
    private static final int WIDENING = 4;

    /**
     * @param x       (batch, pixels, dim)
     * @param context (batch, tokens, contextDim)
     * @return the shape of x
     */
    <T> T apply(Scope<T> s, T x, T context) {
        Ops<T> o = s.ops();
        T own = s.layerNorm("norm1", x, EPSILON);
        T hidden = o.add(s.within("attn1", a -> attention(a, own, own)), x);
        T query = s.layerNorm("norm2", hidden, EPSILON);
        hidden = o.add(s.within("attn2", a -> attention(a, query, context)), hidden);
        T wide = s.layerNorm("norm3", hidden, EPSILON);
        return o.add(s.within("ff", f -> feedForward(f, wide)), hidden);
    }

    private <T> T attention(Scope<T> a, T x, T seen) {
        long dim = a.ops().shape(x).dim(-1).size();
        T q = a.splitHeads(a.linear("to_q", dim, false, Role.QKV, x), heads);
        T k = a.splitHeads(a.linear("to_k", dim, false, Role.QKV, seen), heads);
        T v = a.splitHeads(a.linear("to_v", dim, false, Role.QKV, seen), heads);
        return a.linear("to_out.0", dim, Role.ATTENTION_OUTPUT, a.mergeHeads(a.attention(q, k, v)));
    }

    private static <T> T feedForward(Scope<T> f, T x) {
        Ops<T> o = f.ops();
        long dim = o.shape(x).dim(-1).size();
        List<T> halves = f.chunk(f.linear("net.0.proj", 2 * WIDENING * dim, Role.FEED_FORWARD, x), 2);
        T gated = o.mul(halves.get(0), o.gelu(halves.get(1)));
        return f.linear("net.2", dim, Role.FEED_FORWARD, gated);
    }
}
