package org.example.pixart;

import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention among image tokens, attention to the text, and a feed-forward. One projection of the time step serves all blocks; each
 * adds a table of its own to it. Source: diffusers, attention.py, BasicTransformerBlock with ada_norm_single.
 */
record PixArtBlock(PixArtConfig config) {
    /** How much wider the feed-forward is than the block. */
    private static final int WIDENING = 4;
    /** Shift, scale and gate of the attention and of the feed-forward. */
    static final int MODULATIONS = 6;

    /**
     * @param x    (batch, tokens, dim)
     * @param text (batch, text tokens, dim)
     * @param bias (batch, 1, 1, text tokens): 0 for a token that counts
     * @param time (batch, 6 * dim)
     * @return the shape of x
     */
    <T> T apply(Scope<T> s, T x, T text, T bias, T time) {
        Ops<T> o = s.ops();
        List<T> m = modulations(s, time);
        T own = s.modulate(o.layerNorm(x, config.epsilon()), m.get(0), m.get(1));
        T hidden = s.gated(x, m.get(2), s.within("attn1", a -> own(a, own)));
        T image = hidden;
        // no norm stands before this one
        hidden = o.add(s.within("attn2", a -> toText(a, image, text, bias)), hidden);
        T wide = s.modulate(o.layerNorm(hidden, config.epsilon()), m.get(3), m.get(4));
        return s.gated(hidden, m.get(5), s.within("ff", f -> feedForward(f, wide)));
    }

    private <T> List<T> modulations(Scope<T> s, T time) {
        Ops<T> o = s.ops();
        Shape shape = Shape.of(o.shape(time).dim(0), Dim.of(MODULATIONS), Dim.of(config.dim()));
        T all = o.add(s.parameter("scale_shift_table", Shape.of(MODULATIONS, config.dim())), o.reshape(time, shape));
        List<T> parts = new ArrayList<>();
        for (int i = 0; i < MODULATIONS; i++) {
            parts.add(o.slice(all, 1, i, i + 1));
        }
        return parts;
    }

    private <T> T own(Scope<T> a, T x) {
        T attended = a.attention(projected(a, "to_q", x), projected(a, "to_k", x), projected(a, "to_v", x));
        return a.linear("to_out.0", config.dim(), Role.ATTENTION_OUTPUT, a.mergeHeads(attended));
    }

    /** Written out, as its scores are masked: what pads a text is not seen. */
    private <T> T toText(Scope<T> a, T x, T text, T bias) {
        Ops<T> o = a.ops();
        T q = a.scale(projected(a, "to_q", x), 1 / Math.sqrt(config.headDim()));
        T scores = o.matmul(q, o.permute(projected(a, "to_k", text), 0, 1, 3, 2));
        T seen = o.matmul(o.softmax(o.add(scores, bias), -1), projected(a, "to_v", text));
        return a.linear("to_out.0", config.dim(), Role.ATTENTION_OUTPUT, a.mergeHeads(seen));
    }

    /** (batch, heads, tokens, headDim). */
    private <T> T projected(Scope<T> a, String name, T x) {
        return a.splitHeads(a.linear(name, config.dim(), config.bias(), Role.QKV, x), config.heads());
    }

    private <T> T feedForward(Scope<T> f, T x) {
        T wide = f.ops().geluTanh(f.linear("net.0.proj", WIDENING * config.dim(), Role.FEED_FORWARD, x));
        return f.linear("net.2", config.dim(), Role.FEED_FORWARD, wide);
    }
}
