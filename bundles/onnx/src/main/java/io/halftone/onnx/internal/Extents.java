package io.halftone.onnx.internal;

import io.halftone.export.ExportException;
import io.halftone.model.ModelSignature;
import io.halftone.ops.Dim;
import io.halftone.ops.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Extents as data: int64 vectors for the operators that take a shape. What is a number becomes a constant; an expression is
 * computed from the inputs' shapes, once.
 */
final class Extents {
    private final Graph graph;
    private final ModelSignature signature;
    private final Map<Dim, String> computed = new HashMap<>();

    Extents(Graph graph, ModelSignature signature) {
        this.graph = graph;
        this.signature = signature;
    }

    /**
     * What Reshape takes: 0 where an extent stays in its place, -1 for the one extent that follows from the others.
     *
     * @param from the shape of what is reshaped
     */
    String reshaped(Shape from, Shape to) {
        long[] sizes = new long[to.rank()];
        int unknown = 0;
        for (int i = 0; i < sizes.length; i++) {
            Dim dim = to.dim(i);
            if (dim.isNumber()) {
                sizes[i] = dim.size();
            } else if (i < from.rank() && from.dim(i).equals(dim)) {
                sizes[i] = 0;
            } else {
                sizes[i] = -1;
                unknown++;
            }
        }
        return unknown <= 1 ? graph.longs(sizes) : vector(to);
    }

    /** What Expand takes: 1 where an extent stays. */
    String expanded(Shape from, Shape to) {
        List<Dim> dims = new ArrayList<>();
        for (int i = 0; i < to.rank(); i++) {
            dims.add(from.dim(i).equals(to.dim(i)) ? Dim.of(1) : to.dim(i));
        }
        return vector(new Shape(dims));
    }

    /** All extents, one behind the other. */
    String vector(Shape shape) {
        if (shape.isNumbers()) {
            return graph.longs(shape.sizes());
        }
        List<String> parts = new ArrayList<>();
        for (Dim dim : shape.dims()) {
            parts.add(dim.isNumber() ? graph.longs(dim.size()) : computed(dim));
        }
        return parts.size() == 1 ? parts.get(0) : graph.node("Concat", parts, Graph.attribute("axis", 0L));
    }

    private String computed(Dim dim) {
        String known = computed.get(dim);
        if (known == null) {
            known = dim.fold(new Dim.Algebra<String>() {
                @Override
                public String number(long value) {
                    return graph.longs(value);
                }

                @Override
                public String name(String name) {
                    return named(name);
                }

                @Override
                public String add(String a, String b) {
                    return graph.node("Add", List.of(a, b));
                }

                @Override
                public String multiply(String a, String b) {
                    return graph.node("Mul", List.of(a, b));
                }

                @Override
                public String floorDivide(String a, long divisor) {
                    // Div rounds towards zero; a part of an extent may be below it, and Mod has the divisor's sign
                    String by = graph.longs(divisor);
                    String whole = graph.node("Sub", List.of(a, graph.node("Mod", List.of(a, by))));
                    return graph.node("Div", List.of(whole, by));
                }
            });
            computed.put(dim, known);
        }
        return known;
    }

    private String named(String name) {
        Dim dim = Dim.named(name);
        String known = computed.get(dim);
        if (known != null) {
            return known;
        }
        for (ModelSignature.Port input : signature.inputs()) {
            int axis = input.shape().dims().indexOf(dim);
            if (axis >= 0) {
                String extent = graph.node("Shape", input.name(), Graph.attribute("start", (long) axis), Graph.attribute("end", axis + 1L));
                computed.put(dim, extent);
                return extent;
            }
        }
        throw new ExportException("dimension " + name + ": found no input with an axis of it; expected one of "
            + Arrays.toString(signature.inputs().stream().map(p -> p.name() + p.shape()).toArray()));
    }
}
