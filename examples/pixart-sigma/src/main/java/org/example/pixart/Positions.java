package org.example.pixart;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import java.util.List;

/**
 * The embedding of each patch's place: sines and cosines of its column, then of its row. A picture of another size spreads the same
 * range over its patches. Source: diffusers, embeddings.py, get_2d_sincos_pos_embed.
 *
 * @param greatest patches that a side may have where their number is known only when the model runs
 */
record Positions(PixArtConfig config, long greatest) {
    private static final double PERIOD = 10_000;

    /** (rows * columns, dim), float32. */
    <T> T of(Ops<T> o, Dim rows, Dim columns) {
        Dim half = Dim.of(config.dim() / 2);
        T across = o.reshape(waves(o, columns), Shape.of(Dim.of(1), columns, half));
        T down = o.reshape(waves(o, rows), Shape.of(rows, Dim.of(1), half));
        Shape grid = Shape.of(rows, columns, half);
        T both = o.concat(-1, List.of(o.expand(across, grid), o.expand(down, grid)));
        return o.reshape(both, Shape.of(rows.times(columns), Dim.of(config.dim())));
    }

    /** (count, dim / 2): the sines of each place on a side, then its cosines. */
    private <T> T waves(Ops<T> o, Dim count) {
        T places = o.slice(upTo(o, count.isNumber() ? count.size() : greatest), 0, Dim.of(0), count);
        // a number that only the run knows, taken from the last place
        T size = o.add(o.slice(places, 0, count.minus(Dim.of(1)), count), o.constant(1, DType.FLOAT32));
        T stretched = o.div(places, o.div(size, o.constant(config.patches(), DType.FLOAT32)));
        T units = o.div(stretched, o.constant(config.interpolation(), DType.FLOAT32));
        T angles = o.mul(o.reshape(units, Shape.of(count, Dim.of(1))), frequencies(o));
        return o.concat(-1, List.of(o.sin(angles), o.cos(angles)));
    }

    private static <T> T upTo(Ops<T> o, long count) {
        float[] places = new float[Math.toIntExact(count)];
        for (int i = 0; i < places.length; i++) {
            places[i] = i;
        }
        return o.constant(places, Shape.of(count), DType.FLOAT32);
    }

    /** (1, dim / 4), falling from 1. */
    private <T> T frequencies(Ops<T> o) {
        int count = Math.toIntExact(config.dim() / 4);
        float[] frequencies = new float[count];
        for (int i = 0; i < count; i++) {
            frequencies[i] = (float) (1 / Math.pow(PERIOD, (double) i / count));
        }
        return o.constant(frequencies, Shape.of(1, count), DType.FLOAT32);
    }
}
