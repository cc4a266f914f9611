package io.halftone.onnx.internal;

import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import java.util.List;

/** Operations that opset 19 spells out in several nodes. Takes and returns names of the graph. */
final class Composites {
    private final Graph graph;
    private final Extents extents;

    Composites(Graph graph, Extents extents) {
        this.graph = graph;
        this.extents = extents;
    }

    String cast(String x, DType type) {
        return graph.node("Cast", x, Graph.attribute("to", (long) Elements.type(type).getNumber()));
    }

    /** x * (1 + erf(x / sqrt(2))) / 2, in the order of operations that runtimes fuse. */
    String gelu(String x, DType type) {
        String erf = graph.node("Erf", binary("Div", x, graph.scalar(Math.sqrt(2), type)));
        String twice = binary("Mul", x, binary("Add", erf, graph.scalar(1, type)));
        return binary("Mul", twice, graph.scalar(0.5, type));
    }

    /** x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 x^3))) / 2. */
    String geluTanh(String x, DType type) {
        String cube = binary("Mul", binary("Mul", x, x), x);
        String sum = binary("Add", x, binary("Mul", cube, graph.scalar(0.044715, type)));
        String tanh = graph.node("Tanh", binary("Mul", sum, graph.scalar(Math.sqrt(2 / Math.PI), type)));
        String half = binary("Mul", x, graph.scalar(0.5, type));
        return binary("Mul", half, binary("Add", tanh, graph.scalar(1, type)));
    }

    /**
     * In bfloat16, which has float32's range, the weight comes before the division: then nothing in float32 but the mean's reciprocal root is
     * needed twice, which TensorRT would write to memory and read back.
     */
    String rmsNorm(String x, DType type, String weight, double epsilon) {
        String wide = wide(x, type);
        String mean = graph.node("ReduceMean", List.of(binary("Mul", wide, wide), graph.longs(-1)), Graph.attribute("keepdims", 1L));
        String root = graph.node("Sqrt", binary("Add", mean, graph.scalar(epsilon, DType.FLOAT32)));
        return type == DType.BFLOAT16 ? narrow(binary("Div", wide(binary("Mul", x, weight), type), root), type)
            : binary("Mul", narrow(binary("Div", wide, root), type), weight);
    }

    /**
     * The type that a group norm is written in: its own, in which runtimes take the statistics in float32 all the same, and
     * TensorRT is faster than with casts around; float32 for bfloat16, which no instance norm of opset 19 takes.
     */
    static DType groupNormType(DType type) {
        return type == DType.BFLOAT16 ? DType.FLOAT32 : type;
    }

    /**
     * Each group is one instance of an instance norm without weights.
     *
     * @param weight (channels, 1 ...), one axis less than x, in {@link #groupNormType}
     * @param bias   as weight
     */
    String groupNorm(String x, Meta meta, int groups, String weight, String bias, double epsilon) {
        DType type = groupNormType(meta.dtype());
        String taken = type == meta.dtype() ? x : cast(x, type);
        String grouped = graph.node("Reshape", List.of(taken, graph.longs(0, groups, -1)));
        String ones = graph.filled(1, groups, type);
        String zeros = graph.filled(0, groups, type);
        String normal = graph.node("InstanceNormalization", List.of(grouped, ones, zeros), Graph.attribute("epsilon", epsilon));
        String shape = meta.shape().isNumbers() ? graph.longs(meta.shape().sizes()) : graph.node("Shape", x);
        String back = graph.node("Reshape", List.of(normal, shape));
        String y = binary("Add", binary("Mul", back, weight), bias);
        return type == meta.dtype() ? y : cast(y, meta.dtype());
    }

    /** The scale goes to the queries, before products that float16 may not hold. */
    String attention(String q, Meta queries, String k, Meta keys, String v, double scale, boolean causal) {
        DType type = queries.dtype();
        Dim each = queries.shape().count().times(keys.shape().dim(2));       // both products sum as often
        String scaled = binary("Mul", q, graph.scalar(scale, type));
        String transposed = graph.node("Transpose", k, Graph.attribute("perm", 0, 1, 3, 2));
        String scores = graph.product(each, "MatMul", List.of(scaled, transposed));
        if (causal) {
            String hidden = graph.scalar(Double.NEGATIVE_INFINITY, type);
            scores = graph.node("Where", List.of(visible(queries.shape().dim(2), keys.shape().dim(2)), scores, hidden));
        }
        return graph.product(each, "MatMul", List.of(graph.node("Softmax", scores, Graph.attribute("axis", 3L)), v));
    }

    /** Which key each query sees: (queries, keys), true on the diagonal and below. */
    private String visible(Dim queries, Dim keys) {
        Shape square = Shape.of(queries, keys);
        String ones = graph.node("Expand", List.of(graph.longs(1), extents.vector(square)));
        return cast(graph.node("Trilu", ones, Graph.attribute("upper", 0L)), DType.BOOL);
    }

    private String binary(String operator, String a, String b) {
        return graph.node(operator, List.of(a, b));
    }

    private String wide(String x, DType type) {
        return type == DType.FLOAT32 ? x : cast(x, DType.FLOAT32);
    }

    private String narrow(String x, DType type) {
        return type == DType.FLOAT32 ? x : cast(x, type);
    }
}
