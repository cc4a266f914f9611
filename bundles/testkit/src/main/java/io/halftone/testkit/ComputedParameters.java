package io.halftone.testkit;

import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.osgi.annotation.versioning.ConsumerType;

/** A checkpoint in float32 whose elements a formula gives: one that a script in another language can repeat. */
public final class ComputedParameters implements Parameters {
    /** Gives the elements of tensors. */
    @FunctionalInterface
    @ConsumerType
    public interface Formula {
        /**
         * An element.
         *
         * @param index from 0, row-major
         */
        double element(String name, Shape shape, int index);
    }

    private final Map<String, Shape> shapes;
    private final Formula formula;

    /** Tensors of these shapes, by name: those that {@link ShapePass} found a model to ask for. */
    public ComputedParameters(Map<String, Shape> shapes, Formula formula) {
        this.shapes = new TreeMap<>(shapes);
        this.formula = formula;
    }

    @Override
    public Set<String> names() {
        return Set.copyOf(shapes.keySet());
    }

    @Override
    public Info info(String name) {
        return new Info(DType.FLOAT32, shape(name).sizes());
    }

    @Override
    public TensorView read(String name) {
        Shape shape = shape(name);
        float[] values = new float[Math.toIntExact(shape.count().size())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) formula.element(name, shape, i);
        }
        return TensorView.ofFloats(values, shape.sizes());
    }

    private Shape shape(String name) {
        Shape shape = shapes.get(name);
        if (shape == null) {
            throw new CheckpointException(name + ": found none; expected one of " + shapes.keySet());
        }
        return shape;
    }
}
