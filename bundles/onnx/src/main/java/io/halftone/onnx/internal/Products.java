package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.AttributeProto;
import io.halftone.onnx.internal.OnnxValue.Dequantized;
import io.halftone.onnx.internal.OnnxValue.Joined;
import io.halftone.onnx.internal.OnnxValue.Result;
import io.halftone.onnx.internal.OnnxValue.Weight;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Layer;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import java.util.List;
import java.util.function.UnaryOperator;

/** The operations that multiply and add up: in the forms that runtimes fuse, and have kernels of low types for. */
final class Products {
    private final ShapeOps shapes;
    private final Graph graph;
    private final Nodes nodes;
    private final Weights weights;
    private final Composites composites;
    private final Rounded rounded;

    Products(ShapeOps shapes, Graph graph, Nodes nodes, Weights weights, Composites composites, Rounded rounded) {
        this.shapes = shapes;
        this.graph = graph;
        this.nodes = nodes;
        this.weights = weights;
        this.composites = composites;
        this.rounded = rounded;
    }

    OnnxValue matmul(OnnxValue a, OnnxValue b) {
        Meta meta = shapes.matmul(a.meta(), b.meta());
        Dim length = a.shape().dim(-1);
        List<String> factors = List.of(nodes.name(a), nodes.name(b));
        if (meta.dtype() == DType.FLOAT32 || !factors.stream().allMatch(rounded::isFloat8)) {
            return nodes.product(meta, length, "MatMul", factors);
        }
        // TensorRT's fused attention of 8-bit floats adds up in float32, and is chosen only where the model says so
        List<String> wide = factors.stream().map(factor -> composites.cast(factor, DType.FLOAT32)).toList();
        OnnxValue product = nodes.product(new Meta(meta.shape(), DType.FLOAT32), length, "MatMul", wide);
        return new Result(composites.cast(nodes.name(product), meta.dtype()), meta);
    }

    OnnxValue linear(OnnxValue x, OnnxValue weight) {
        Meta meta = shapes.linear(x.meta(), weight.meta());
        if (isSum(x, weight)) {
            return sum((Joined) x, weight, part -> part);
        }
        Dim in = x.shape().dim(-1);
        return x.shape().rank() == 2
            ? nodes.product(meta, in, "Gemm", List.of(nodes.name(x), nodes.name(weight)), Graph.attribute("transB", 1L))
            : nodes.product(meta, in, "MatMul", List.of(nodes.name(x), transposed(weight)));
    }

    OnnxValue linear(OnnxValue x, OnnxValue weight, OnnxValue bias) {
        Meta meta = shapes.linear(x.meta(), weight.meta(), bias.meta());
        if (x.shape().rank() == 2 && !(weight instanceof Dequantized)) {
            return nodes.product(meta, x.shape().dim(-1), "Gemm", List.of(nodes.name(x), nodes.name(weight), nodes.name(bias)),
                Graph.attribute("transB", 1L));
        }
        if (isSum(x, weight)) {
            return sum((Joined) x, weight, part -> nodes.result(meta, "Add", List.of(nodes.name(part), nodes.name(bias))));
        }
        // a float bias of its own: ONNX Runtime makes integer kernels only of products without one
        return nodes.result(meta, "Add", List.of(nodes.name(linear(x, weight)), nodes.name(bias)));
    }

    OnnxValue conv(OnnxValue x, OnnxValue weight, OnnxValue bias, Layer.Conv geometry) {
        Meta meta = shapes.conv(x.meta(), weight.meta(), bias.meta(), geometry);
        return nodes.product(meta, window(weight), "Conv", List.of(nodes.name(x), nodes.name(weight), nodes.name(bias)),
            geometry(geometry));
    }

    OnnxValue conv(OnnxValue x, OnnxValue weight, Layer.Conv geometry) {
        Meta meta = shapes.conv(x.meta(), weight.meta(), geometry);
        return nodes.product(meta, window(weight), "Conv", List.of(nodes.name(x), nodes.name(weight)), geometry(geometry));
    }

    OnnxValue attention(OnnxValue q, OnnxValue k, OnnxValue v, double scale, boolean causal) {
        Meta meta = shapes.attention(q.meta(), k.meta(), v.meta(), scale, causal);
        return new Result(composites.attention(nodes.name(q), q.meta(), nodes.name(k), k.meta(), nodes.name(v), scale, causal), meta);
    }

    /** Whether a product can be taken apart: each of the values that are joined with its part of the weight. */
    private static boolean isSum(OnnxValue x, OnnxValue weight) {
        return x instanceof Joined && (weight instanceof Weight || weight instanceof Dequantized d && d.codes().axis() == 0);
    }

    /**
     * The products of the values that are joined, added up. TensorRT joins by copying, and fuses no attention whose output is copied so.
     *
     * @param first what to do with the first product
     */
    private OnnxValue sum(Joined x, OnnxValue weight, UnaryOperator<OnnxValue> first) {
        Meta meta = shapes.linear(x.meta(), weight.meta());
        OnnxValue sum = null;
        int from = 0;
        for (OnnxValue part : x.parts()) {
            Dim in = part.shape().dim(-1);
            int to = from + Math.toIntExact(in.size());
            List<String> factors = List.of(nodes.name(part), transposed(weight, new Weights.Terms(from, to)));
            OnnxValue product = nodes.product(meta, in, "MatMul", factors);
            sum = sum == null ? first.apply(product) : nodes.result(meta, "Add", List.of(nodes.name(sum), nodes.name(product)));
            from = to;
        }
        return sum;
    }

    private String transposed(OnnxValue weight) {
        if (weight instanceof Weight w) {
            return transposed(weight, Weights.Terms.all(w));
        } else if (weight instanceof Dequantized d) {
            return transposed(weight, Weights.Terms.all(d.codes().weight()));
        }
        return graph.node("Transpose", nodes.name(weight), Graph.attribute("perm", 1, 0));
    }

    private String transposed(OnnxValue weight, Weights.Terms terms) {
        return weight instanceof Weight w ? weights.transposed(w, terms) : weights.dequantized(((Dequantized) weight).codes(), terms);
    }

    /** What one element of a convolution is summed over: (out, in, height, width) without the first. */
    private static Dim window(OnnxValue weight) {
        return weight.shape().dim(1).times(weight.shape().dim(2)).times(weight.shape().dim(3));
    }

    private static AttributeProto[] geometry(Layer.Conv g) {
        return new AttributeProto[] {Graph.attribute("kernel_shape", g.kernel(), g.kernel()),
            Graph.attribute("pads", g.padding(), g.padding(), g.padding(), g.padding()),
            Graph.attribute("strides", g.stride(), g.stride())};
    }
}
