package io.halftone.clip.internal;

import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;

/**
 * Causal attention and a feed-forward, each behind a layer norm and beside a short cut. Source: transformers,
 * modeling_clip.py, CLIPEncoderLayer.
 */
record ClipLayer(ClipTextConfig config) {
    /** Of the sigmoid that stands in for the normal distribution. Source: transformers, activations.py, QuickGELUActivation. */
    private static final double QUICK_GELU = 1.702;

    /** Keeps the shape of x: (batch, tokens, hidden). */
    <T> T apply(Scope<T> s, T x) {
        Ops<T> o = s.ops();
        T own = s.layerNorm("layer_norm1", x, config.epsilon());
        T hidden = o.add(x, s.within("self_attn", a -> attention(a, own)));
        T wide = s.layerNorm("layer_norm2", hidden, config.epsilon());
        return o.add(hidden, s.within("mlp", m -> feedForward(m, wide)));
    }

    private <T> T attention(Scope<T> a, T x) {
        long dim = config.hidden();
        T q = a.splitHeads(a.linear("q_proj", dim, Role.QKV, x), config.heads());
        T k = a.splitHeads(a.linear("k_proj", dim, Role.QKV, x), config.heads());
        T v = a.splitHeads(a.linear("v_proj", dim, Role.QKV, x), config.heads());
        double scale = 1 / Math.sqrt((double) dim / config.heads());
        return a.linear("out_proj", dim, Role.ATTENTION_OUTPUT, a.mergeHeads(a.attention(q, k, v, scale, true)));
    }

    private <T> T feedForward(Scope<T> m, T x) {
        T hidden = m.linear("fc1", config.intermediate(), Role.FEED_FORWARD, x);
        T active = config.quickGelu()
            ? m.ops().mul(hidden, m.ops().sigmoid(m.scale(hidden, QUICK_GELU)))
            : m.ops().gelu(hidden);
        return m.linear("fc2", config.hidden(), Role.FEED_FORWARD, active);
    }
}
