package io.halftone.ops.shape;

import io.halftone.ops.Dim;
import io.halftone.ops.Shape;
import java.util.ArrayList;
import java.util.List;

/** What shapes and types have to fulfil to go together. */
final class Rules {
    private Rules() {}

    static Meta broadcast(String what, Meta a, Meta b) {
        sameType(what, a, b);
        int rank = Math.max(a.shape().rank(), b.shape().rank());
        List<Dim> dims = new ArrayList<>();
        for (int i = -rank; i < 0; i++) {
            Dim left = -i <= a.shape().rank() ? a.shape().dim(i) : Dim.of(1);
            Dim right = -i <= b.shape().rank() ? b.shape().dim(i) : Dim.of(1);
            dims.add(broadcast(what, left, right));
        }
        return new Meta(new Shape(dims), a.dtype());
    }

    static Dim broadcast(String what, Dim a, Dim b) {
        Dim one = Dim.of(1);
        require(a.equals(b) || a.equals(one) || b.equals(one), what, b, a);
        return a.equals(one) ? b : a;
    }

    static void sameType(String what, Meta a, Meta b) {
        require(a.dtype() == b.dtype(), what, b.dtype() + " " + b.shape(), a.dtype());
    }

    static void require(boolean holds, String where, Object found, Object expected) {
        if (!holds) {
            throw new IllegalArgumentException(where + ": found " + found + "; expected " + expected);
        }
    }

    static void scaleFits(Meta x, Meta scale, int axis) {
        boolean fits = scale.shape().rank() == 0 || scale.shape().equals(Shape.of(x.shape().dim(axis)));
        require(fits, "scale", scale.shape(), "a scalar, or one for each of axis " + axis + " of " + x.shape());
    }
}
