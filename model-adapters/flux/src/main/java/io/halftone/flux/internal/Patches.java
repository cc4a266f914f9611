package io.halftone.flux.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;

/** Squares of latents as tokens, row by row. Source: diffusers, pipeline_flux.py. */
final class Patches {
    /** Latents that make one token on each side. */
    static final int SIDE = 2;

    private Patches() {}

    /** (batch, channels, height, width) to (batch, height / 2 * width / 2, 4 * channels). */
    static <T> T pack(Ops<T> o, T latents) {
        Shape map = o.shape(latents);
        Dim rows = map.dim(2).floorDiv(SIDE);
        Dim columns = map.dim(3).floorDiv(SIDE);
        Dim side = Dim.of(SIDE);
        T apart = o.reshape(latents, Shape.of(map.dim(0), map.dim(1), rows, side, columns, side));
        return o.reshape(o.permute(apart, 0, 2, 4, 1, 3, 5), Shape.of(map.dim(0), rows.times(columns), map.dim(1).times(SIDE * SIDE)));
    }

    /** The way back from {@link #pack} to that shape. */
    static <T> T unpack(Ops<T> o, T tokens, Shape map) {
        Dim side = Dim.of(SIDE);
        T apart = o.reshape(tokens, Shape.of(map.dim(0), map.dim(2).floorDiv(SIDE), map.dim(3).floorDiv(SIDE), map.dim(1), side, side));
        return o.reshape(o.permute(apart, 0, 3, 1, 4, 2, 5), map);
    }

    /** The place of each token, (tokens, 3), float32: 0, row and column. */
    static <T> T places(Ops<T> o, long rows, long columns) {
        int tokens = Math.toIntExact(rows * columns);
        float[] places = new float[3 * tokens];
        for (int i = 0; i < tokens; i++) {
            places[3 * i + 1] = i / columns;
            places[3 * i + 2] = i % columns;
        }
        return o.constant(places, Shape.of(tokens, 3), DType.FLOAT32);
    }
}
