package io.halftone.autoencoder;

import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Square parts of a picture that are decoded on their own. Neighbours share a quarter of their side, over which one fades into
 * the other. Source: diffusers, autoencoder_kl.py, tiled_decode, blend_v and blend_h; where a side is no multiple of 4 the source
 * keeps other parts of tiles than it moves by, and this moves by what it keeps.
 *
 * @param side   latents on each side
 * @param factor pixels for one latent, on each side
 */
record Tiles(long side, long factor) {
    private static final int DOWN = 2;
    private static final int ACROSS = 3;

    static Tiles of(ModelConfig vae) {
        long pixels = vae.isList("sample_size") ? vae.ints("sample_size").get(0) : vae.intValue("sample_size", 32);
        long factor = 1L << vae.ints("block_out_channels").size() - 1;
        if (pixels < factor) {
            throw new IllegalArgumentException(vae.source() + ": sample_size: found " + pixels + "; expected at least " + factor
                + ", the pixels of one latent");
        }
        return new Tiles(pixels / factor, factor);
    }

    /** Latents that neighbours share. */
    private long overlap() {
        return side / 4;
    }

    /** Latents from one tile to the next. */
    private long stride() {
        return side - overlap();
    }

    /**
     * The whole picture.
     *
     * @param latents (batch, channels, height, width)
     * @param decoder from a part of the latents to its pixels, float32
     * @return (batch, colours, factor * height, factor * width), float32
     */
    <T> T decode(EagerOps<T> o, T latents, UnaryOperator<T> decoder) {
        long height = o.shape(latents).dim(DOWN).size();
        if (height <= side && o.shape(latents).dim(ACROSS).size() <= side) {
            return decoder.apply(latents);
        }
        List<T> rows = new ArrayList<>();
        List<T> above = List.of();
        for (long top = 0; top < height; top += stride()) {
            T band = part(o, latents, DOWN, top);
            List<T> before = above;
            List<T> made = o.region("", () -> row(o, band, before.stream().map(o::adopt).toList(), decoder));
            rows.add(made.get(0));
            above = made.subList(1, made.size());
        }
        return o.concat(DOWN, rows);
    }

    /** The finished pixels of a row, then its tiles as they fade into those below. */
    private <T> List<T> row(EagerOps<T> o, T band, List<T> above, UnaryOperator<T> decoder) {
        long width = o.shape(band).dim(ACROSS).size();
        List<T> tiles = new ArrayList<>();
        List<T> kept = new ArrayList<>();
        for (long left = 0; left < width; left += stride()) {
            T latents = part(o, band, ACROSS, left);
            T tile = o.region("", () -> List.of(decoder.apply(latents))).get(0);
            int column = tiles.size();
            tile = above.isEmpty() ? tile : faded(o, above.get(column), tile, DOWN);
            tile = column == 0 ? tile : faded(o, tiles.get(column - 1), tile, ACROSS);
            tiles.add(tile);
            kept.add(first(o, first(o, tile, DOWN, stride() * factor), ACROSS, stride() * factor));
        }
        List<T> made = new ArrayList<>();
        made.add(o.concat(ACROSS, kept));
        made.addAll(tiles);
        return made;
    }

    private <T> T part(EagerOps<T> o, T latents, int axis, long start) {
        return o.slice(latents, axis, start, Math.min(start + side, o.shape(latents).dim(axis).size()));
    }

    private static <T> T first(EagerOps<T> o, T x, int axis, long count) {
        return o.slice(x, axis, 0, Math.min(count, o.shape(x).dim(axis).size()));
    }

    /** The tile behind, its beginning mixed with the end of the one before: the share of the one behind grows from 0. */
    private <T> T faded(EagerOps<T> o, T before, T behind, int axis) {
        long end = o.shape(before).dim(axis).size();
        long extent = o.shape(behind).dim(axis).size();
        int shared = Math.toIntExact(Math.min(Math.min(end, extent), overlap() * factor));
        if (shared == 0) {
            return behind;
        }
        float[] leaving = new float[shared];
        float[] coming = new float[shared];
        for (int i = 0; i < shared; i++) {
            leaving[i] = (float) (1 - (double) i / shared);
            coming[i] = (float) ((double) i / shared);
        }
        Shape along = Shape.of(1, 1, 1, 1).with(axis, Dim.of(shared));
        T mixed = o.add(o.mul(o.slice(before, axis, end - shared, end), o.constant(leaving, along, DType.FLOAT32)),
            o.mul(o.slice(behind, axis, 0, shared), o.constant(coming, along, DType.FLOAT32)));
        return shared == extent ? mixed : o.concat(axis, List.of(mixed, o.slice(behind, axis, shared, extent)));
    }
}
