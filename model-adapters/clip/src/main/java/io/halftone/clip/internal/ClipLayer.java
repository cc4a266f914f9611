package io.halftone.clip.internal;

import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;

/**
 * Attention and a feed-forward, each behind a layer norm and beside a short cut. Source: transformers, modeling_clip.py, CLIPEncoderLayer.
 *
 * @param hidden       extent of a token's state
 * @param intermediate extent inside the feed-forward
 * @param epsilon      of both layer norms
 * @param quickGelu    whether the activation is x * sigmoid(1.702 x); GELU otherwise
 * @param causal       whether a token sees only itself and those before it, as in a text
 */
record ClipLayer(long hidden, long intermediate, int heads, double epsilon, boolean quickGelu, boolean causal) {
    /** Of the sigmoid that stands in for the normal distribution. Source: transformers, activations.py, QuickGELUActivation. */
    private static final double QUICK_GELU = 1.702;

    /** A layer of a text. */
    static ClipLayer of(ClipTextConfig config) {
        return new ClipLayer(config.hidden(), config.intermediate(), config.heads(), config.epsilon(), config.quickGelu(), true);
    }

    /** Keeps the shape of x: (batch, tokens, hidden). */
    <T> T apply(Scope<T> s, T x) {
        Ops<T> o = s.ops();
        T own = s.layerNorm("layer_norm1", x, epsilon);
        T attended = o.add(x, s.within("self_attn", a -> attention(a, own)));
        T normed = s.layerNorm("layer_norm2", attended, epsilon);
        return o.add(attended, s.within("mlp", m -> feedForward(m, normed)));
    }

    private <T> T attention(Scope<T> a, T x) {
        long dim = hidden;
        T q = a.splitHeads(a.linear("q_proj", dim, Role.QKV, x), heads);
        T k = a.splitHeads(a.linear("k_proj", dim, Role.QKV, x), heads);
        T v = a.splitHeads(a.linear("v_proj", dim, Role.QKV, x), heads);
        double scale = 1 / Math.sqrt((double) dim / heads);
        return a.linear("out_proj", dim, Role.ATTENTION_OUTPUT, a.mergeHeads(a.attention(q, k, v, scale, causal)));
    }

    private <T> T feedForward(Scope<T> m, T x) {
        T wide = m.linear("fc1", intermediate, Role.FEED_FORWARD, x);
        T active = quickGelu
            ? m.ops().mul(wide, m.ops().sigmoid(m.scale(wide, QUICK_GELU)))
            : m.ops().gelu(wide);
        return m.linear("fc2", hidden, Role.FEED_FORWARD, active);
    }
}
