package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.AttributeProto;
import com.google.protobuf.ByteString;
import io.halftone.onnx.internal.OnnxValue.Blocked;
import io.halftone.onnx.internal.OnnxValue.Codes;
import io.halftone.onnx.internal.OnnxValue.Constant;
import io.halftone.onnx.internal.OnnxValue.Dequantized;
import io.halftone.onnx.internal.OnnxValue.Joined;
import io.halftone.onnx.internal.OnnxValue.Result;
import io.halftone.onnx.internal.OnnxValue.Weight;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Layer;
import io.halftone.ops.Ops;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Writes a forward pass down as a graph of standard ONNX operators, opset {@value #OPSET}, or later where a number
 * format needs it. Shapes are those of {@link ShapeOps}, which refuses what does not fit. For use by one thread.
 */
final class OnnxOps implements Ops<OnnxValue> {
    /** The first operator set whose Q/DQ operators take float16 scales and 8-bit floats. */
    static final int OPSET = 19;

    private final ShapeOps shapes;
    private final Graph graph;
    private final Weights weights;
    private final Extents extents;
    private final Composites composites;
    private final BlockOperators blockOperators;
    private final Pairs pairs;
    /** The values that were 8-bit floats a moment ago. */
    private final Set<String> float8 = new HashSet<>();
    private final Map<Joined, String> joints = new HashMap<>();

    OnnxOps(DType computeType, Graph graph, Weights weights, Extents extents) {
        this.shapes = new ShapeOps(computeType);
        this.graph = graph;
        this.weights = weights;
        this.extents = extents;
        this.composites = new Composites(graph, extents);
        this.blockOperators = new BlockOperators(graph);
        this.pairs = new Pairs(graph);
    }

    /** The name under which the graph has a value; what is not in it yet is added. */
    String name(OnnxValue x) {
        if (x instanceof Result result) {
            return result.name();
        } else if (x instanceof Constant constant) {
            return graph.constant(constant);
        } else if (x instanceof Weight weight) {
            return weights.plain(weight);
        } else if (x instanceof Dequantized dequantized) {
            return weights.dequantized(dequantized.codes());
        } else if (x instanceof Blocked blocked) {
            return weights.dequantized(blocked, blockOperators);
        } else if (x instanceof Joined joined) {
            String known = joints.get(joined);
            if (known == null) {   // a part may be joined itself
                known = concat(joined.parts(), joined.shape().rank() - 1);
                joints.put(joined, known);
            }
            return known;
        }
        Codes codes = (Codes) x;
        return pairs.quantize(weights.plain(codes.weight()), codes.dtype(), name(codes.scale()), codes.scale().shape(), codes.axis());
    }

    @Override
    public Shape shape(OnnxValue x) {
        return x.shape();
    }

    @Override
    public DType dtype(OnnxValue x) {
        return x.dtype();
    }

    @Override
    public DType computeType() {
        return shapes.computeType();
    }

    @Override
    public OnnxValue parameter(String name, Shape shape) {
        return weights.weight(name, shapes.parameter(name, shape));
    }

    @Override
    public OnnxValue constant(double value, DType type) {
        return new Constant(ByteString.copyFrom(Elements.encode(value, type)), shapes.constant(value, type));
    }

    @Override
    public OnnxValue constant(float[] values, Shape shape, DType type) {
        return new Constant(ByteString.copyFrom(Elements.encode(values, type)), shapes.constant(values, shape, type));
    }

    @Override
    public OnnxValue cast(OnnxValue x, DType type) {
        if (x.dtype() == type) {
            return x;
        } else if (x instanceof Constant c && c.dtype().isCompute() && type.isCompute()) {
            return constant(c.floats(), c.shape(), type);
        } else if (x instanceof Weight w && type.isCompute()) {
            return new Result(weights.stored(w, type, w.shape().sizes()), shapes.cast(w.meta(), type));
        }
        return new Result(composites.cast(name(x), type), shapes.cast(x.meta(), type));
    }

    @Override
    public OnnxValue reshape(OnnxValue x, Shape shape) {
        Meta meta = shapes.reshape(x.meta(), shape);
        return shape.equals(x.shape()) ? x : result(meta, "Reshape", List.of(name(x), extents.reshaped(x.shape(), shape)));
    }

    @Override
    public OnnxValue permute(OnnxValue x, int... axes) {
        long[] order = Arrays.stream(axes).mapToLong(axis -> x.shape().axis(axis)).toArray();
        return result(shapes.permute(x.meta(), axes), "Transpose", List.of(name(x)), Graph.attribute("perm", order));
    }

    @Override
    public OnnxValue concat(int axis, List<OnnxValue> parts) {
        Meta meta = shapes.concat(axis, parts.stream().map(OnnxValue::meta).toList());
        int along = meta.shape().axis(axis);
        boolean product = along >= 2 && along == meta.shape().rank() - 1 && meta.dtype().isCompute();
        return product ? new Joined(List.copyOf(parts), meta) : new Result(concat(parts, along), meta);
    }

    private String concat(List<OnnxValue> parts, int axis) {
        return graph.node("Concat", parts.stream().map(this::name).toList(), Graph.attribute("axis", (long) axis));
    }

    @Override
    public OnnxValue slice(OnnxValue x, int axis, Dim start, Dim end) {
        Meta meta = shapes.slice(x.meta(), axis, start, end);
        return result(meta, "Slice", List.of(name(x), extents.vector(Shape.of(start)), extents.vector(Shape.of(end)),
            graph.longs(x.shape().axis(axis))));
    }

    @Override
    public OnnxValue expand(OnnxValue x, Shape shape) {
        Meta meta = shapes.expand(x.meta(), shape);
        return shape.equals(x.shape()) ? x : result(meta, "Expand", List.of(name(x), extents.expanded(x.shape(), shape)));
    }

    @Override
    public OnnxValue pad(OnnxValue x, int axis, long before, long behind) {
        int rank = x.shape().rank();
        long[] pads = new long[2 * rank];
        pads[x.shape().axis(axis)] = before;
        pads[rank + x.shape().axis(axis)] = behind;
        return result(shapes.pad(x.meta(), axis, before, behind), "Pad", List.of(name(x), graph.longs(pads)));
    }

    @Override
    public OnnxValue upsampleNearest(OnnxValue x, Dim height, Dim width) {
        Meta meta = shapes.upsampleNearest(x.meta(), height, width);
        return result(meta, "Resize", List.of(name(x), "", "", extents.vector(meta.shape())), Graph.attribute("mode", "nearest"),
            Graph.attribute("coordinate_transformation_mode", "asymmetric"), Graph.attribute("nearest_mode", "floor"));
    }

    @Override
    public OnnxValue add(OnnxValue a, OnnxValue b) {
        return result(shapes.add(a.meta(), b.meta()), "Add", List.of(name(a), name(b)));
    }

    @Override
    public OnnxValue sub(OnnxValue a, OnnxValue b) {
        return result(shapes.sub(a.meta(), b.meta()), "Sub", List.of(name(a), name(b)));
    }

    @Override
    public OnnxValue mul(OnnxValue a, OnnxValue b) {
        return result(shapes.mul(a.meta(), b.meta()), "Mul", List.of(name(a), name(b)));
    }

    @Override
    public OnnxValue div(OnnxValue a, OnnxValue b) {
        return result(shapes.div(a.meta(), b.meta()), "Div", List.of(name(a), name(b)));
    }

    @Override
    public OnnxValue sin(OnnxValue x) {
        return result(x.meta(), "Sin", List.of(name(x)));
    }

    @Override
    public OnnxValue cos(OnnxValue x) {
        return result(x.meta(), "Cos", List.of(name(x)));
    }

    @Override
    public OnnxValue exp(OnnxValue x) {
        return result(x.meta(), "Exp", List.of(name(x)));
    }

    @Override
    public OnnxValue sqrt(OnnxValue x) {
        return result(x.meta(), "Sqrt", List.of(name(x)));
    }

    @Override
    public OnnxValue tanh(OnnxValue x) {
        return result(x.meta(), "Tanh", List.of(name(x)));
    }

    @Override
    public OnnxValue sigmoid(OnnxValue x) {
        return result(x.meta(), "Sigmoid", List.of(name(x)));
    }

    @Override
    public OnnxValue silu(OnnxValue x) {
        return mul(x, sigmoid(x));
    }

    @Override
    public OnnxValue gelu(OnnxValue x) {
        return new Result(composites.gelu(name(x), x.dtype()), x.meta());
    }

    @Override
    public OnnxValue geluTanh(OnnxValue x) {
        return new Result(composites.geluTanh(name(x), x.dtype()), x.meta());
    }

    @Override
    public OnnxValue clamp(OnnxValue x, double min, double max) {
        String low = Double.isInfinite(min) ? "" : graph.scalar(min, x.dtype());
        String high = Double.isInfinite(max) ? "" : graph.scalar(max, x.dtype());
        return result(x.meta(), "Clip", List.of(name(x), low, high));
    }

    @Override
    public OnnxValue softmax(OnnxValue x, int axis) {
        return result(shapes.softmax(x.meta(), axis), "Softmax", List.of(name(x)), Graph.attribute("axis", (long) x.shape().axis(axis)));
    }

    @Override
    public OnnxValue layerNorm(OnnxValue x, double epsilon) {
        String ones = graph.filled(1, x.shape().dim(-1).size(), x.dtype());
        return result(x.meta(), "LayerNormalization", List.of(name(x), ones), Graph.attribute("axis", -1L),
            Graph.attribute("epsilon", epsilon));
    }

    @Override
    public OnnxValue layerNorm(OnnxValue x, OnnxValue weight, OnnxValue bias, double epsilon) {
        Meta meta = shapes.layerNorm(x.meta(), weight.meta(), bias.meta(), epsilon);
        return result(meta, "LayerNormalization", List.of(name(x), name(weight), name(bias)), Graph.attribute("axis", -1L),
            Graph.attribute("epsilon", epsilon));
    }

    @Override
    public OnnxValue rmsNorm(OnnxValue x, OnnxValue weight, double epsilon) {
        Meta meta = shapes.rmsNorm(x.meta(), weight.meta(), epsilon);
        return new Result(composites.rmsNorm(name(x), x.dtype(), name(weight), epsilon), meta);
    }

    @Override
    public OnnxValue groupNorm(OnnxValue x, int groups, OnnxValue weight, OnnxValue bias, double epsilon) {
        Meta meta = shapes.groupNorm(x.meta(), groups, weight.meta(), bias.meta(), epsilon);
        long[] column = IntStream.range(1, x.shape().rank()).mapToLong(i -> i == 1 ? x.shape().dim(1).size() : 1).toArray();
        DType type = Composites.groupNormType(x.dtype());
        String scale = column(weight, type, column);
        return new Result(composites.groupNorm(name(x), meta, groups, scale, column(bias, type, column), epsilon), meta);
    }

    /** A vector in that type under another shape. */
    private String column(OnnxValue vector, DType type, long[] shape) {
        return vector instanceof Weight w ? weights.stored(w, type, shape) : name(reshape(cast(vector, type), Shape.of(shape)));
    }

    @Override
    public OnnxValue matmul(OnnxValue a, OnnxValue b) {
        Meta meta = shapes.matmul(a.meta(), b.meta());
        Dim length = a.shape().dim(-1);
        if (meta.dtype() == DType.FLOAT32 || !float8.contains(name(a)) || !float8.contains(name(b))) {
            return product(meta, length, "MatMul", List.of(name(a), name(b)));
        }
        // TensorRT's fused attention of 8-bit floats adds up in float32, and is chosen only where the model says so
        List<String> wide = List.of(composites.cast(name(a), DType.FLOAT32), composites.cast(name(b), DType.FLOAT32));
        return cast(product(new Meta(meta.shape(), DType.FLOAT32), length, "MatMul", wide), meta.dtype());
    }

    @Override
    public OnnxValue linear(OnnxValue x, OnnxValue weight) {
        Meta meta = shapes.linear(x.meta(), weight.meta());
        if (isSum(x, weight)) {
            return sum((Joined) x, weight, part -> part);
        }
        Dim in = x.shape().dim(-1);
        return x.shape().rank() == 2
            ? product(meta, in, "Gemm", List.of(name(x), name(weight)), Graph.attribute("transB", 1L))
            : product(meta, in, "MatMul", List.of(name(x), transposed(weight)));
    }

    @Override
    public OnnxValue linear(OnnxValue x, OnnxValue weight, OnnxValue bias) {
        Meta meta = shapes.linear(x.meta(), weight.meta(), bias.meta());
        if (x.shape().rank() == 2 && !(weight instanceof Dequantized)) {
            return product(meta, x.shape().dim(-1), "Gemm", List.of(name(x), name(weight), name(bias)), Graph.attribute("transB", 1L));
        }
        if (isSum(x, weight)) {
            return sum((Joined) x, weight, part -> result(meta, "Add", List.of(name(part), name(bias))));
        }
        // a float bias of its own: ONNX Runtime makes integer kernels only of products without one
        return result(meta, "Add", List.of(name(linear(x, weight)), name(bias)));
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
            OnnxValue product = product(meta, in, "MatMul", List.of(name(part), transposed(weight, new Weights.Terms(from, to))));
            sum = sum == null ? first.apply(product) : result(meta, "Add", List.of(name(sum), name(product)));
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
        return graph.node("Transpose", name(weight), Graph.attribute("perm", 1, 0));
    }

    private String transposed(OnnxValue weight, Weights.Terms terms) {
        return weight instanceof Weight w ? weights.transposed(w, terms) : weights.dequantized(((Dequantized) weight).codes(), terms);
    }

    @Override
    public OnnxValue conv(OnnxValue x, OnnxValue weight, OnnxValue bias, Layer.Conv geometry) {
        Meta meta = shapes.conv(x.meta(), weight.meta(), bias.meta(), geometry);
        return product(meta, window(weight), "Conv", List.of(name(x), name(weight), name(bias)), geometry(geometry));
    }

    @Override
    public OnnxValue conv(OnnxValue x, OnnxValue weight, Layer.Conv geometry) {
        Meta meta = shapes.conv(x.meta(), weight.meta(), geometry);
        return product(meta, window(weight), "Conv", List.of(name(x), name(weight)), geometry(geometry));
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

    @Override
    public OnnxValue attention(OnnxValue q, OnnxValue k, OnnxValue v, double scale, boolean causal) {
        Meta meta = shapes.attention(q.meta(), k.meta(), v.meta(), scale, causal);
        return new Result(composites.attention(name(q), q.meta(), name(k), k.meta(), name(v), scale, causal), meta);
    }

    @Override
    public OnnxValue embedding(OnnxValue table, OnnxValue ids) {
        return result(shapes.embedding(table.meta(), ids.meta()), "Gather", List.of(name(table), name(ids)), Graph.attribute("axis", 0L));
    }

    @Override
    public OnnxValue argmax(OnnxValue x, int axis) {
        Meta meta = shapes.argmax(x.meta(), axis);
        boolean plain = x.dtype().isCompute();
        String comparable = plain ? name(x) : composites.cast(name(x), DType.INT32);     // runtimes compare few types
        return result(meta, "ArgMax", List.of(comparable), Graph.attribute("axis", (long) x.shape().axis(axis)),
            Graph.attribute("keepdims", 0L));
    }

    @Override
    public OnnxValue equal(OnnxValue a, OnnxValue b) {
        return result(shapes.equal(a.meta(), b.meta()), "Equal", List.of(name(a), name(b)));
    }

    @Override
    public OnnxValue select(OnnxValue x, OnnxValue indices) {
        String column = graph.node("Unsqueeze", List.of(name(indices), graph.longs(1)));
        return result(shapes.select(x.meta(), indices.meta()), "GatherND", List.of(name(x), column), Graph.attribute("batch_dims", 1L));
    }

    @Override
    public OnnxValue quantize(OnnxValue x, DType type, OnnxValue scale, int axis) {
        Meta meta = shapes.quantize(x.meta(), type, scale.meta(), axis);
        if (x instanceof Weight w && scale instanceof Constant c) {
            return new Codes(w, c, c.shape().rank() == 0 ? 0 : x.shape().axis(axis), meta);
        } else if (x instanceof Joined joined && scale.shape().rank() == 0) {
            return new Joined(joined.parts().stream().map(part -> quantize(part, type, scale, axis)).toList(), meta);
        }
        return new Result(pairs.quantize(name(x), type, name(scale), scale.shape(), axis), meta);
    }

    @Override
    public OnnxValue dequantize(OnnxValue q, OnnxValue scale, int axis) {
        Meta meta = shapes.dequantize(q.meta(), scale.meta(), axis);
        if (q instanceof Codes codes && codes.scale().equals(scale) && (!codes.perChannel() || codes.axis() == q.shape().axis(axis))) {
            return new Dequantized(codes, meta);
        } else if (q instanceof Joined joined && scale.shape().rank() == 0) {
            return new Joined(joined.parts().stream().map(part -> dequantize(part, scale, axis)).toList(), meta);
        }
        String value = pairs.dequantize(name(q), q.dtype(), name(scale), scale.shape(), axis);
        if (q.dtype() == DType.FLOAT8_E4M3) {
            float8.add(value);
        }
        return new Result(value, meta);
    }

    @Override
    public OnnxValue roundBlocks(OnnxValue x, Blocks blocks, OnnxValue tensorScale) {
        Meta meta = shapes.roundBlocks(x.meta(), blocks, tensorScale.meta());
        if (x instanceof Weight w && tensorScale instanceof Constant scale) {
            return new Blocked(w, blocks, scale, meta);
        }
        String scale = BlockOperators.isFp4(blocks) ? name(tensorScale) : "";
        return new Result(blockOperators.rounded(name(x), x.dtype(), blocks, scale), meta);
    }

    @Override
    public List<OnnxValue> region(String name, Supplier<List<OnnxValue>> body) {
        return graph.under(name, body);
    }

    @Override
    public OnnxValue linear(Layer.Linear layer, OnnxValue x, OnnxValue weight) {
        return graph.under(layer.name(), () -> Ops.super.linear(layer, x, weight));
    }

    @Override
    public OnnxValue conv(Layer.Conv layer, OnnxValue x, OnnxValue weight) {
        return graph.under(layer.name(), () -> Ops.super.conv(layer, x, weight));
    }

    @Override
    public OnnxValue attention(Layer.Attention layer, OnnxValue q, OnnxValue k, OnnxValue v) {
        return graph.under(layer.name(), () -> Ops.super.attention(layer, q, k, v));
    }

    /** The result of a product, each of whose elements is a sum over so many. */
    private OnnxValue product(Meta meta, Dim summed, String operator, List<String> inputs, AttributeProto... attributes) {
        return new Result(graph.product(meta.shape().count().times(summed), operator, inputs, attributes), meta);
    }

    private OnnxValue result(Meta meta, String operator, List<String> inputs, AttributeProto... attributes) {
        return new Result(graph.node(operator, inputs, attributes), meta);
    }
}
