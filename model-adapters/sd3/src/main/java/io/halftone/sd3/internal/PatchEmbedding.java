package io.halftone.sd3.internal;

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

    /** (tokens, dim): the middle of the grid. */
    private <T> T positions(Scope<T> s, Dim height, Dim width) {
        Ops<T> o = s.ops();
        long side = config.positions();
        Dim top = before(s, "height", height);
        Dim left = before(s, "width", width);
        T grid = s.parameter("pos_embed", Shape.of(1, side * side, config.dim()));
        T rows = o.slice(o.reshape(grid, Shape.of(side, side, config.dim())), 0, top, top.plus(height));
        T middle = o.slice(rows, 1, left, left.plus(width));
        return o.reshape(middle, Shape.of(height.times(width), Dim.of(config.dim())));
    }

    /** The number of the grid's rows, or columns, before the middle ones. */
    private <T> Dim before(Scope<T> s, String side, Dim count) {
        long all = config.positions();
        if (count.isNumber() && count.size() > all) {
            throw new IllegalArgumentException(s.path() + ": " + side + ": found " + count + " patches; expected at most " + all);
        }
        // (all - count) / 2 rounded down, written so that nothing below 0 is divided
        return Dim.of(all / 2).minus(count.plus(1 - all % 2).floorDiv(2));
    }
}
