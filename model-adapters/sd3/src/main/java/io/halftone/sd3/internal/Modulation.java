package io.halftone.sd3.internal;

import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import java.util.List;

/** Layer norms that the conditioning vector shifts and scales. Source: diffusers, normalization.py, AdaLayerNormZero and its kin. */
final class Modulation {
    /** Of every layer norm. */
    static final double EPSILON = 1e-6;

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

    /** normed * (1 + scale) + shift. */
    static <T> T apply(Ops<T> o, T normed, T shift, T scale) {
        return o.add(o.mul(normed, o.add(scale, o.constant(1, o.dtype(scale)))), shift);
    }

    /** Behind a layer norm without weights, by two parts of which the scale comes first; AdaLayerNormContinuous. */
    static <T> T continuous(Scope<T> s, T x, T temb, Role role) {
        List<T> m = parts(s, temb, 2, role);
        return apply(s.ops(), s.ops().layerNorm(x, EPSILON), m.get(1), m.get(0));
    }
}
