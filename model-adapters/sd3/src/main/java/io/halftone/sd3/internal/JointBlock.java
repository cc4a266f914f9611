package io.halftone.sd3.internal;

import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import java.util.List;

/**
 * Image and text side by side: each modulated, attended and fed forward with weights of its own, attention over both.
 * Source: diffusers, attention.py, JointTransformerBlock; normalization.py, SD35AdaLayerNormZeroX.
 *
 * @param dual whether the image attends once more, to itself
 * @param last whether the text is only looked at, as no block follows
 */
record JointBlock(JointAttention attention, boolean dual, boolean last) {
    /** How much wider the feed-forward is than the block. */
    private static final int WIDENING = 4;

    /**
     * @param x    (batch, tokens, dim)
     * @param text (batch, text tokens, dim)
     * @param temb (batch, dim)
     * @return image and, unless this is the last block, text: the shapes of x and text
     */
    <T> List<T> apply(Scope<T> s, T x, T text, T temb) {
        Ops<T> o = s.ops();
        // shift, scale and gate of the attention, of the feed-forward, of the second attention
        List<T> m = s.withinAll("norm1", n -> n.modulation(temb, dual ? 9 : 6, Role.MODULATION));
        T normed = o.layerNorm(x, Sd3Config.EPSILON);
        T own = s.modulate(normed, m.get(0), m.get(1));
        if (last) {
            T seen = s.within("norm1_context", n -> ContinuousNorm.apply(n, text, temb, Role.MODULATION));
            T attended = s.within("attn", a -> attention.joint(a, own, seen, false).get(0));
            return List.of(image(s, x, attended, normed, m));
        }
        List<T> c = s.withinAll("norm1_context", n -> n.modulation(temb, 6, Role.MODULATION));
        T seen = s.modulate(o.layerNorm(text, Sd3Config.EPSILON), c.get(0), c.get(1));
        List<T> attended = s.withinAll("attn", a -> attention.joint(a, own, seen, true));
        T words = s.gated(text, c.get(2), attended.get(1));
        return List.of(image(s, x, attended.get(0), normed, m), fed(s, "ff_context", words, c));
    }

    private <T> T image(Scope<T> s, T x, T attended, T normed, List<T> m) {
        T hidden = s.gated(x, m.get(2), attended);
        if (dual) {
            T again = s.modulate(normed, m.get(6), m.get(7));
            hidden = s.gated(hidden, m.get(8), s.within("attn2", a -> attention.own(a, again)));
        }
        return fed(s, "ff", hidden, m);
    }

    private static <T> T fed(Scope<T> s, String name, T x, List<T> m) {
        Ops<T> o = s.ops();
        long dim = o.shape(x).dim(-1).size();
        T change = s.within(name, f -> {
            T modulated = s.modulate(o.layerNorm(x, Sd3Config.EPSILON), m.get(3), m.get(4));
            T wide = o.geluTanh(f.linear("net.0.proj", WIDENING * dim, Role.FEED_FORWARD, modulated));
            return f.linear("net.2", dim, Role.FEED_FORWARD, wide);
        });
        return s.gated(x, m.get(5), change);
    }
}
