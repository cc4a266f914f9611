package io.halftone.flux.internal;

import io.halftone.ops.Dim;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A part of an axis whose place or extent may have a name, where {@link Ops#slice} takes numbers alone. Zeros around the
 * axis make it a whole number of windows, this one among them, and reshaping sets them apart.
 *
 * @param start  the first element
 * @param count  elements
 * @param before windows that are sure to hold what stands before this one
 * @param behind windows that are sure to hold what stands behind it
 */
record Window(Dim start, Dim count, long before, long behind) {
    /** The image's tokens behind those of a text. */
    static Window behind(long words, Dim tokens) {
        long before = (words + FluxTransformerAdapter.LEAST_TOKENS - 1) / FluxTransformerAdapter.LEAST_TOKENS;
        return new Window(Dim.of(words), tokens, before, 0);
    }

    /** (..., extent, ...) to (..., count, ...). */
    <T> T of(Ops<T> o, T x, int axis) {
        boolean numbers = start.isNumber() && count.isNumber() && o.shape(x).dim(axis).isNumber();
        return numbers ? o.slice(x, axis, start.size(), start.size() + count.size()) : aligned(o, x, axis);
    }

    /** {@link #of} for any extents. */
    <T> T aligned(Ops<T> o, T x, int axis) {
        Shape shape = o.shape(x);
        int at = shape.axis(axis);
        Dim rest = shape.dim(at).plus(start.plus(count).times(-1));
        List<T> parts = new ArrayList<>();
        if (before > 0) {
            parts.add(zeros(o, x, at, count.times(before).plus(start.times(-1))));
        }
        parts.add(x);
        if (behind > 0) {
            parts.add(zeros(o, x, at, count.times(behind).plus(rest.times(-1))));
        }
        List<Dim> windows = new ArrayList<>(shape.with(at, count).dims());
        windows.add(at, Dim.of(before + 1 + behind));
        T apart = o.reshape(o.concat(at, parts), new Shape(windows));
        return o.reshape(o.slice(apart, at, before, before + 1), shape.with(at, count));
    }

    private static <T> T zeros(Ops<T> o, T like, int axis, Dim extent) {
        Shape shape = o.shape(like);
        Shape one = new Shape(Collections.nCopies(shape.rank(), Dim.of(1)));
        return o.expand(o.constant(new float[] {0}, one, o.dtype(like)), shape.with(axis, extent));
    }
}
