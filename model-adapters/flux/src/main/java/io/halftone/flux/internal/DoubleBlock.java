package io.halftone.flux.internal;

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
        List<T> m = s.withinAll("norm1", n -> Modulation.parts(n, temb, 6, Role.MODULATION));
        List<T> c = s.withinAll("norm1_context", n -> Modulation.parts(n, temb, 6, Role.MODULATION));
        T own = Modulation.apply(o, x, m.get(0), m.get(1));
        T words = Modulation.apply(o, text, c.get(0), c.get(1));
        List<T> attended = s.withinAll("attn", a -> attention(a, words, own, rope));
        T hidden = Modulation.gated(o, x, m.get(2), attended.get(1));
        T context = Modulation.gated(o, text, c.get(2), attended.get(0));
        return List.of(Modulation.finite(o, fed(s, "ff_context", context, c)), fed(s, "ff", hidden, m));
    }

    private <T> List<T> attention(Scope<T> a, T text, T x, Rotary<T> rope) {
        Ops<T> o = a.ops();
        T both = Projections.added(a, text, heads).then(o, Projections.of(a, x, heads)).attend(a, rope);
        long words = o.shape(text).dim(1).size();
        long dim = o.shape(x).dim(-1).size();
        T image = Window.behind(words, o.shape(x).dim(1)).of(o, both, 1);
        return List.of(a.linear("to_add_out", dim, Role.ATTENTION_OUTPUT, o.slice(both, 1, 0, words)),
            a.linear("to_out.0", dim, Role.ATTENTION_OUTPUT, image));
    }

    private static <T> T fed(Scope<T> s, String name, T x, List<T> m) {
        Ops<T> o = s.ops();
        long dim = o.shape(x).dim(-1).size();
        T change = s.within(name, f -> {
            T modulated = Modulation.apply(o, x, m.get(3), m.get(4));
            T wide = o.geluTanh(f.linear("net.0.proj", WIDENING * dim, Role.FEED_FORWARD, modulated));
            return f.linear("net.2", dim, Role.FEED_FORWARD, wide);
        });
        return Modulation.gated(o, x, m.get(5), change);
    }
}
