package io.halftone.ops.shape;

import static io.halftone.ops.shape.Rules.require;
import static io.halftone.ops.shape.Rules.sameType;

import io.halftone.ops.Dim;
import io.halftone.ops.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What comes of operations that give elements other places and leave them as they are. */
final class Moves {
    private Moves() {}

    static Meta reshape(Meta x, Shape shape) {
        require(x.shape().count().equals(shape.count()), "reshape", shape, "as many elements as " + x.shape());
        return new Meta(shape, x.dtype());
    }

    static Meta permute(Meta x, int... axes) {
        require(axes.length == x.shape().rank(), "permute", axes.length + " axes", x.shape().rank());
        List<Dim> dims = new ArrayList<>();
        Set<Integer> taken = new HashSet<>();
        for (int axis : axes) {
            dims.add(x.shape().dim(axis));
            require(taken.add(x.shape().axis(axis)), "permute", "axes " + Arrays.toString(axes), "each of " + axes.length + " once");
        }
        return new Meta(new Shape(dims), x.dtype());
    }

    static Meta concat(int axis, List<Meta> parts) {
        Meta first = parts.get(0);
        int at = first.shape().axis(axis);
        Dim extent = Dim.of(0);
        for (Meta part : parts) {
            sameType("concat", first, part);
            require(part.shape().with(at, Dim.of(0)).equals(first.shape().with(at, Dim.of(0))), "concat", part.shape(), first.shape());
            extent = extent.plus(part.shape().dim(at));
        }
        return new Meta(first.shape().with(at, extent), first.dtype());
    }

    static Meta slice(Meta x, int axis, Dim start, Dim end) {
        Dim extent = x.shape().dim(axis);
        Dim length = end.minus(start);
        // what is not a number is known only when the model runs
        boolean inside = atLeastZero(start) && atLeastZero(length) && atLeastZero(extent.minus(end));
        require(inside, "slice", start + " to " + end, "within " + extent);
        return new Meta(x.shape().with(axis, length), x.dtype());
    }

    private static boolean atLeastZero(Dim dim) {
        return !dim.isNumber() || dim.size() >= 0;
    }

    static Meta expand(Meta x, Shape shape) {
        require(x.shape().rank() == shape.rank(), "expand", x.shape(), shape);
        for (int i = 0; i < shape.rank(); i++) {
            Dim from = x.shape().dim(i);
            // a named extent may be 1 or the other when the model runs
            require(!from.isNumber() || from.size() == 1 || from.equals(shape.dim(i)), "expand", x.shape(), shape);
        }
        return new Meta(shape, x.dtype());
    }

    static Meta pad(Meta x, int axis, long before, long behind) {
        return new Meta(x.shape().with(axis, x.shape().dim(axis).plus(before + behind)), x.dtype());
    }

    static Meta upsampleNearest(Meta x, Dim height, Dim width) {
        require(x.shape().rank() == 4, "upsampleNearest", x.shape(), "rank 4");
        return new Meta(x.shape().with(2, height).with(3, width), x.dtype());
    }
}
