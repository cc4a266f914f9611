package io.halftone.flux.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import java.util.List;

/**
 * Layer norms that the conditioning vector shifts and scales, and short cuts that it gates.
 * Source: diffusers, normalization.py, AdaLayerNormZero and its kin.
 */
final class Modulation {
    /** Of every norm. */
    static final double EPSILON = 1e-6;
    /** The largest finite float16, which the source clips to. */
    private static final double CLIP = 65_504;

    private Modulation() {}

    /**
     * Shifts, scales and gates, in the order of the source.
     *
     * @param temb (batch, dim)
     * @return (batch, 1, dim) each
     */
    static <T> List<T> parts(Scope<T> s, T temb, int count, Role role) {
        Ops<T> o = s.ops();
        Dim dim = o.shape(temb).dim(1);
        T all = s.linear("linear", count * dim.size(), role, o.silu(temb));
        return s.chunk(all, count).stream().map(part -> o.reshape(part, Shape.of(o.shape(part).dim(0), Dim.of(1), dim))).toList();
    }

    /** The layer norm of x, without weights, times (1 + scale), plus shift. */
    static <T> T apply(Ops<T> o, T x, T shift, T scale) {
        return o.add(o.mul(o.layerNorm(x, EPSILON), o.add(scale, o.constant(1, o.dtype(scale)))), shift);
    }

    /** x + gate * change. */
    static <T> T gated(Ops<T> o, T x, T gate, T change) {
        return o.add(x, o.mul(gate, change));
    }

    /** Without infinities in float16, where the source has none. */
    static <T> T finite(Ops<T> o, T x) {
        return o.dtype(x) == DType.FLOAT16 ? o.clamp(x, -CLIP, CLIP) : x;
    }
}
