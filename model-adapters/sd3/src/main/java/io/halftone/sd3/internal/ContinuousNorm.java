package io.halftone.sd3.internal;

import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import java.util.List;

/**
 * A layer norm without weights that the conditioning vector scales, then shifts.
 * Source: diffusers, normalization.py, AdaLayerNormContinuous.
 */
final class ContinuousNorm {
    private ContinuousNorm() {}

    /**
     * @param x    (batch, tokens, dim)
     * @param temb (batch, dim)
     * @return the shape of x
     */
    static <T> T apply(Scope<T> s, T x, T temb, Role role) {
        // the scale comes first, other than in the blocks
        List<T> m = s.modulation(temb, 2, role);
        return s.modulate(s.ops().layerNorm(x, Sd3Config.EPSILON), m.get(1), m.get(0));
    }
}
