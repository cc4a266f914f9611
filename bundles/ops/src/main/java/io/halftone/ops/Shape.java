package io.halftone.ops;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The extents of a tensor, outermost first. A scalar has none.
 *
 * @param dims the extents; numbers where the tensor exists, expressions where its size is known only at run time
 */
public record Shape(List<Dim> dims) {
    public Shape {
        dims = List.copyOf(dims);
    }

    /** A shape of numbers. */
    public static Shape of(long... sizes) {
        Dim[] dims = new Dim[sizes.length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = Dim.of(sizes[i]);
        }
        return of(dims);
    }

    /** A shape of extents. */
    public static Shape of(Dim... dims) {
        return new Shape(List.of(dims));
    }

    /** The number of axes. */
    public int rank() {
        return dims.size();
    }

    /** The extent of an axis; axes below 0 count from the last, which is -1. */
    public Dim dim(int axis) {
        return dims.get(axis(axis));
    }

    /**
     * The axis counted from 0.
     *
     * @throws IllegalArgumentException if this has no such axis
     */
    public int axis(int axis) {
        int found = axis < 0 ? axis + rank() : axis;
        if (found < 0 || found >= rank()) {
            throw new IllegalArgumentException("axis of " + this + ": found " + axis + "; expected -" + rank() + " to " + (rank() - 1));
        }
        return found;
    }

    /** This shape with another extent on one axis. */
    public Shape with(int axis, Dim dim) {
        List<Dim> changed = new ArrayList<>(dims);
        changed.set(axis(axis), dim);
        return new Shape(changed);
    }

    /** Whether every extent is a number. */
    public boolean isNumbers() {
        for (Dim dim : dims) {
            if (!dim.isNumber()) {
                return false;
            }
        }
        return true;
    }

    /** The extents as numbers; throws {@link IllegalStateException} if one is not. */
    public long[] sizes() {
        long[] sizes = new long[dims.size()];
        for (int i = 0; i < sizes.length; i++) {
            sizes[i] = dims.get(i).size();
        }
        return sizes;
    }

    /** The number of elements. */
    public Dim count() {
        Dim product = Dim.of(1);
        for (Dim dim : dims) {
            product = product.times(dim);
        }
        return product;
    }

    @Override
    public String toString() {
        return dims.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
    }
}
