package io.halftone.sd3.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Role;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;

/**
 * Latents to tokens, each with the embedding of its place. The checkpoint holds embeddings for a square grid; a smaller
 * picture takes those in its middle. Source: diffusers, embeddings.py, PatchEmbed with pos_embed_max_size.
 */
record PatchEmbedding(Sd3Config config) {
    /** (batch, channels, height, width) to (batch, tokens, dim), row by row. */
    <T> T apply(Scope<T> s, T latents) {
        Ops<T> o = s.ops();
        T patches = s.conv("proj", config.dim(), config.patch(), config.patch(), 0, Role.INPUT, latents);
        Shape map = o.shape(patches);
        Dim height = map.dim(2);
        Dim width = map.dim(3);
        T tokens = o.reshape(o.permute(patches, 0, 2, 3, 1), Shape.of(map.dim(0), height.times(width), map.dim(1)));
        return o.add(tokens, positions(s, height, width));
    }

    /** (tokens, dim). */
    private <T> T positions(Scope<T> s, Dim height, Dim width) {
        Ops<T> o = s.ops();
        long side = config.positions();
        T grid = s.parameter("pos_embed", Shape.of(1, side * side, config.dim()));
        T rows = o.reshape(middle(s, "height", height), Shape.of(height, Dim.of(1)));
        T columns = o.reshape(middle(s, "width", width), Shape.of(Dim.of(1), width));
        T places = o.add(o.mul(rows, o.constant(side, DType.FLOAT32)), columns);
        T ids = o.cast(o.reshape(places, Shape.of(height.times(width))), DType.INT64);
        return o.embedding(o.reshape(grid, Shape.of(side * side, config.dim())), ids);
    }

    /** The numbers of that many rows in the middle of the grid, float32: exact, as they are small. */
    private <T> T middle(Scope<T> s, String side, Dim count) {
        long all = config.positions();
        if (count.isNumber() && count.size() > all) {
            throw new IllegalArgumentException(s.path() + ": " + side + ": found " + count + " patches; expected at most " + all);
        }
        float[] numbers = new float[Math.toIntExact(all)];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i;
        }
        // (all - count) / 2 rounded down, written so that nothing below 0 is divided
        Dim start = Dim.of(all / 2).plus(count.plus(1 - all % 2).floorDiv(2).times(-1));
        long least = config.leastSide() / config.patch();
        long around = (all + least - 1) / least;
        return new Window(start, count, around, around).of(s.ops(), s.ops().constant(numbers, Shape.of(all), DType.FLOAT32), 0);
    }
}
