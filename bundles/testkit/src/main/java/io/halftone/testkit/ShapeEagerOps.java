package io.halftone.testkit;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.ForwardingOps;
import io.halftone.ops.MagnitudeBins;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import java.util.ArrayList;
import java.util.List;

/** Eager operations over shapes: notes what is brought in from the host, in order, and has no elements to give back. */
public final class ShapeEagerOps extends ForwardingOps<Meta> implements EagerOps<Meta> {
    /** The elements of tensors that were loaded. */
    public final List<List<Long>> loaded = new ArrayList<>();
    /** The elements of constants that are no scalars. */
    public final List<float[]> constants = new ArrayList<>();
    /** Scalars. */
    public final List<Double> scalars = new ArrayList<>();

    /** Operations in float32. */
    public ShapeEagerOps() {
        super(new ShapeOps(DType.FLOAT32));
    }

    @Override
    public Meta load(TensorView view) {
        var elements = view.bytes().asLongBuffer();
        List<Long> ids = new ArrayList<>();
        while (elements.hasRemaining()) {
            ids.add(elements.get());
        }
        loaded.add(ids);
        return new Meta(Shape.of(view.shape()), view.dtype());
    }

    @Override
    public Meta constant(float[] values, Shape shape, DType type) {
        constants.add(values.clone());
        return super.constant(values, shape, type);
    }

    @Override
    public Meta constant(double value, DType type) {
        scalars.add(value);
        return super.constant(value, type);
    }

    @Override
    public Meta abs(Meta x) {
        return x;
    }

    @Override
    public Meta amax(Meta x, int... axes) {
        throw none();
    }

    @Override
    public Meta maximum(Meta a, Meta b) {
        return add(a, b);
    }

    @Override
    public Meta minimum(Meta a, Meta b) {
        return add(a, b);
    }

    @Override
    public Meta round(Meta x) {
        return x;
    }

    @Override
    public Meta sum(Meta x) {
        throw none();
    }

    @Override
    public Meta countMagnitudes(Meta x, MagnitudeBins bins) {
        throw none();
    }

    @Override
    public long[] toLongs(Meta x) {
        throw none();
    }

    @Override
    public float[] toFloats(Meta x) {
        throw none();
    }

    @Override
    public TensorView view(Meta x) {
        throw none();
    }

    @Override
    public TensorView copy(Meta x) {
        throw none();
    }

    @Override
    public Cell<Meta> cell() {
        throw none();
    }

    @Override
    public void await() {
        // nothing is computed
    }

    @Override
    public void releaseParameters() {
        throw none();
    }

    private static UnsupportedOperationException none() {
        return new UnsupportedOperationException("a pipeline adapter does not need this");
    }
}
