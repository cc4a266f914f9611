package io.halftone.flux.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns pairs of a head's elements by angles that a token's place gives, in float32 whatever the model computes in.
 * Source: diffusers, transformer_flux.py, FluxPosEmbed; embeddings.py, get_1d_rotary_pos_embed and apply_rotary_emb. The
 * source computes angles in float64 where it can; float32 differs by less than 1e-5 up to place 64.
 *
 * @param cos (tokens, 1, headDim / 2), float32
 * @param sin as cos
 */
record Rotary<T>(T cos, T sin) {
    /** The period of the lowest frequency, in places, over 2 pi. */
    private static final double MAX_PERIOD = 10_000;
    private static final int MOST_CHANNELS = 1 << 16;

    /**
     * The angles of tokens.
     *
     * @param ids  (tokens, coordinates), float32
     * @param axes elements of a head for each coordinate
     */
    static <T> Rotary<T> of(Ops<T> o, T ids, List<Integer> axes) {
        List<T> both = o.region("", () -> {
            List<T> parts = new ArrayList<>();
            for (int i = 0; i < axes.size(); i++) {
                parts.add(o.mul(o.slice(ids, 1, i, i + 1), frequencies(o, axes.get(i))));
            }
            T angles = o.concat(1, parts);
            Shape column = Shape.of(o.shape(angles).dim(0), Dim.of(1), o.shape(angles).dim(1));
            return List.of(o.reshape(o.cos(angles), column), o.reshape(o.sin(angles), column));
        });
        return new Rotary<>(both.get(0), both.get(1));
    }

    private static <T> T frequencies(Ops<T> o, int axis) {
        if (axis < 2 || axis > MOST_CHANNELS) {
            throw new IllegalArgumentException("axes_dims_rope: found " + axis + "; expected 2 to " + MOST_CHANNELS);
        }
        float[] frequencies = new float[axis / 2];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = (float) (1 / Math.pow(MAX_PERIOD, 2.0 * i / axis));
        }
        return o.constant(frequencies, Shape.of(frequencies.length), DType.FLOAT32);
    }

    /** (batch, tokens, heads, headDim) to the same, in the order of {@link Ops#rotate}, where the source leaves pairs together. */
    T turn(Ops<T> o, T x) {
        return o.rotate(x, cos, sin);
    }
}
