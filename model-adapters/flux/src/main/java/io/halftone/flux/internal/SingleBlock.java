package io.halftone.flux.internal;

import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import java.util.List;

/**
 * Attention and feed-forward side by side over one stream of tokens, joined by one projection.
 * Source: diffusers, transformer_flux.py, FluxSingleTransformerBlock.
 */
record SingleBlock(int heads) {
    /** How much wider the feed-forward is than the block. */
    private static final int WIDENING = 4;

    /**
     * @param x    (batch, tokens, dim), text before image
     * @param temb (batch, dim)
     * @return the shape of x
     */
    <T> T apply(Scope<T> s, T x, T temb, Rotary<T> rope) {
        Ops<T> o = s.ops();
        long dim = o.shape(x).dim(-1).size();
        List<T> m = s.withinAll("norm", n -> n.modulation(temb, 3, Role.MODULATION));
        T y = s.modulate(o.layerNorm(x, FluxConfig.EPSILON), m.get(0), m.get(1));
        T wide = o.geluTanh(s.linear("proj_mlp", WIDENING * dim, Role.FEED_FORWARD, y));
        T attended = s.within("attn", a -> Projections.of(a, y, heads).attend(a, rope));
        T joined = s.linear("proj_out", dim, Role.FEED_FORWARD, o.concat(-1, List.of(attended, wide)));
        return s.finite(s.gated(x, m.get(2), joined));
    }
}
