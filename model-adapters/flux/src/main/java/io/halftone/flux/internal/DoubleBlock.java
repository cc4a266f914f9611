package io.halftone.flux.internal;

import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import java.util.List;

/**
 * Text and image side by side: each modulated and fed forward with weights of its own, attention over both.
 * Source: diffusers, transformer_flux.py, FluxTransformerBlock.
 */
record DoubleBlock(int heads) {
    /** How much wider the feed-forward is than the block. */
    private static final int WIDENING = 4;

    /**
     * @param text (batch, text tokens, dim)
     * @param x    (batch, tokens, dim)
     * @param temb (batch, dim)
     * @return text and image: the shapes of text and x
     */
    <T> List<T> apply(Scope<T> s, T text, T x, T temb, Rotary<T> rope) {
        Ops<T> o = s.ops();
        // shift, scale and gate of the attention, then of the feed-forward
        List<T> m = s.withinAll("norm1", n -> n.modulation(temb, 6, Role.MODULATION));
        List<T> c = s.withinAll("norm1_context", n -> n.modulation(temb, 6, Role.MODULATION));
        T own = s.modulate(o.layerNorm(x, FluxConfig.EPSILON), m.get(0), m.get(1));
        T words = s.modulate(o.layerNorm(text, FluxConfig.EPSILON), c.get(0), c.get(1));
        List<T> attended = s.withinAll("attn", a -> attention(a, words, own, rope));
        T hidden = s.gated(x, m.get(2), attended.get(1));
        T context = s.gated(text, c.get(2), attended.get(0));
        return List.of(s.finite(fed(s, "ff_context", context, c)), fed(s, "ff", hidden, m));
    }

    private <T> List<T> attention(Scope<T> a, T text, T x, Rotary<T> rope) {
        Ops<T> o = a.ops();
        T both = Projections.added(a, text, heads).then(o, Projections.of(a, x, heads)).attend(a, rope);
        Dim words = o.shape(text).dim(1);
        long dim = o.shape(x).dim(-1).size();
        T image = o.slice(both, 1, words, words.plus(o.shape(x).dim(1)));
        return List.of(a.linear("to_add_out", dim, Role.ATTENTION_OUTPUT, o.slice(both, 1, Dim.of(0), words)),
            a.linear("to_out.0", dim, Role.ATTENTION_OUTPUT, image));
    }

    private static <T> T fed(Scope<T> s, String name, T x, List<T> m) {
        Ops<T> o = s.ops();
        long dim = o.shape(x).dim(-1).size();
        T change = s.within(name, f -> {
            T modulated = s.modulate(o.layerNorm(x, FluxConfig.EPSILON), m.get(3), m.get(4));
            T wide = o.geluTanh(f.linear("net.0.proj", WIDENING * dim, Role.FEED_FORWARD, modulated));
            return f.linear("net.2", dim, Role.FEED_FORWARD, wide);
        });
        return s.gated(x, m.get(5), change);
    }
}
