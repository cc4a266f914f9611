package io.halftone.onnx.internal;

import com.google.protobuf.ByteString;
import io.halftone.onnx.internal.OnnxValue.Constant;
import io.halftone.onnx.internal.OnnxValue.Joined;
import io.halftone.onnx.internal.OnnxValue.Result;
import io.halftone.onnx.internal.OnnxValue.Weight;
import io.halftone.ops.Blocks;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Layer;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.ops.shape.ShapeOps;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Writes a forward pass down as a graph of standard ONNX operators, opset {@value #OPSET}, or later where a number
 * format needs it. Shapes are those of {@link ShapeOps}, which refuses what does not fit. For use by one thread.
 */
final class OnnxOps implements PointwiseOps {
    /** The first operator set whose Q/DQ operators take float16 scales and 8-bit floats. */
    static final int OPSET = 19;

    private final ShapeOps shapes;
    private final Graph graph;
    private final Weights weights;
    private final Extents extents;
    private final Composites composites;
    private final Nodes nodes;
    private final Rounded rounded;
    private final Products products;

    OnnxOps(DType computeType, Graph graph, Weights weights, Extents extents) {
        this.shapes = new ShapeOps(computeType);
        this.graph = graph;
        this.weights = weights;
        this.extents = extents;
        this.composites = new Composites(graph, extents);
        Pairs pairs = new Pairs(graph);
        BlockOperators blockOperators = new BlockOperators(graph);
        this.nodes = new Nodes(graph, weights, pairs, blockOperators);
        this.rounded = new Rounded(shapes, nodes, pairs, blockOperators);
        this.products = new Products(shapes, graph, nodes, weights, composites, rounded);
    }

    /** The name under which the graph has a value; what is not in it yet is added. */
    String name(OnnxValue x) {
        return nodes.name(x);
    }

    @Override
    public ShapeOps shapes() {
        return shapes;
    }

    @Override
    public OnnxValue node(Meta meta, String operator, List<OnnxValue> inputs) {
        return nodes.result(meta, operator, inputs.stream().map(this::name).toList());
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
        return shape.equals(x.shape()) ? x : nodes.result(meta, "Reshape", List.of(name(x), extents.reshaped(x.shape(), shape)));
    }

    @Override
    public OnnxValue permute(OnnxValue x, int... axes) {
        long[] order = Arrays.stream(axes).mapToLong(axis -> x.shape().axis(axis)).toArray();
        return nodes.result(shapes.permute(x.meta(), axes), "Transpose", List.of(name(x)), Graph.attribute("perm", order));
    }

    @Override
    public OnnxValue concat(int axis, List<OnnxValue> parts) {
        Meta meta = shapes.concat(axis, parts.stream().map(OnnxValue::meta).toList());
        int along = meta.shape().axis(axis);
        boolean product = along >= 2 && along == meta.shape().rank() - 1 && meta.dtype().isCompute();
        return product ? new Joined(List.copyOf(parts), meta) : new Result(nodes.concat(parts, along), meta);
    }

    @Override
    public OnnxValue slice(OnnxValue x, int axis, Dim start, Dim end) {
        Meta meta = shapes.slice(x.meta(), axis, start, end);
        return nodes.result(meta, "Slice", List.of(name(x), extents.vector(Shape.of(start)), extents.vector(Shape.of(end)),
            graph.longs(x.shape().axis(axis))));
    }

    @Override
    public OnnxValue expand(OnnxValue x, Shape shape) {
        Meta meta = shapes.expand(x.meta(), shape);
        return shape.equals(x.shape()) ? x : nodes.result(meta, "Expand", List.of(name(x), extents.expanded(x.shape(), shape)));
    }

    @Override
    public OnnxValue pad(OnnxValue x, int axis, long before, long behind) {
        int rank = x.shape().rank();
        long[] pads = new long[2 * rank];
        pads[x.shape().axis(axis)] = before;
        pads[rank + x.shape().axis(axis)] = behind;
        return nodes.result(shapes.pad(x.meta(), axis, before, behind), "Pad", List.of(name(x), graph.longs(pads)));
    }

    @Override
    public OnnxValue upsampleNearest(OnnxValue x, Dim height, Dim width) {
        Meta meta = shapes.upsampleNearest(x.meta(), height, width);
        return nodes.result(meta, "Resize", List.of(name(x), "", "", extents.vector(meta.shape())), Graph.attribute("mode", "nearest"),
            Graph.attribute("coordinate_transformation_mode", "asymmetric"), Graph.attribute("nearest_mode", "floor"));
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
        return nodes.result(x.meta(), "Clip", List.of(name(x), low, high));
    }

    @Override
    public OnnxValue softmax(OnnxValue x, int axis) {
        return nodes.result(shapes.softmax(x.meta(), axis), "Softmax", List.of(name(x)),
            Graph.attribute("axis", (long) x.shape().axis(axis)));
    }

    @Override
    public OnnxValue layerNorm(OnnxValue x, double epsilon) {
        String ones = graph.filled(1, x.shape().dim(-1).size(), x.dtype());
        return nodes.result(x.meta(), "LayerNormalization", List.of(name(x), ones), Graph.attribute("axis", -1L),
            Graph.attribute("epsilon", epsilon));
    }

    @Override
    public OnnxValue layerNorm(OnnxValue x, OnnxValue weight, OnnxValue bias, double epsilon) {
        Meta meta = shapes.layerNorm(x.meta(), weight.meta(), bias.meta(), epsilon);
        return nodes.result(meta, "LayerNormalization", List.of(name(x), name(weight), name(bias)), Graph.attribute("axis", -1L),
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
        return products.matmul(a, b);
    }

    @Override
    public OnnxValue linear(OnnxValue x, OnnxValue weight) {
        return products.linear(x, weight);
    }

    @Override
    public OnnxValue linear(OnnxValue x, OnnxValue weight, OnnxValue bias) {
        return products.linear(x, weight, bias);
    }

    @Override
    public OnnxValue conv(OnnxValue x, OnnxValue weight, OnnxValue bias, Layer.Conv geometry) {
        return products.conv(x, weight, bias, geometry);
    }

    @Override
    public OnnxValue conv(OnnxValue x, OnnxValue weight, Layer.Conv geometry) {
        return products.conv(x, weight, geometry);
    }

    @Override
    public OnnxValue attention(OnnxValue q, OnnxValue k, OnnxValue v, double scale, boolean causal) {
        return products.attention(q, k, v, scale, causal);
    }

    @Override
    public OnnxValue embedding(OnnxValue table, OnnxValue ids) {
        return nodes.result(shapes.embedding(table.meta(), ids.meta()), "Gather", List.of(name(table), name(ids)),
            Graph.attribute("axis", 0L));
    }

    @Override
    public OnnxValue argmax(OnnxValue x, int axis) {
        Meta meta = shapes.argmax(x.meta(), axis);
        boolean plain = x.dtype().isCompute();
        String comparable = plain ? name(x) : composites.cast(name(x), DType.INT32);     // runtimes compare few types
        return nodes.result(meta, "ArgMax", List.of(comparable), Graph.attribute("axis", (long) x.shape().axis(axis)),
            Graph.attribute("keepdims", 0L));
    }

    @Override
    public OnnxValue select(OnnxValue x, OnnxValue indices) {
        String column = graph.node("Unsqueeze", List.of(name(indices), graph.longs(1)));
        return nodes.result(shapes.select(x.meta(), indices.meta()), "GatherND", List.of(name(x), column),
            Graph.attribute("batch_dims", 1L));
    }

    @Override
    public OnnxValue quantize(OnnxValue x, DType type, OnnxValue scale, int axis) {
        return rounded.quantize(x, type, scale, axis);
    }

    @Override
    public OnnxValue dequantize(OnnxValue q, OnnxValue scale, int axis) {
        return rounded.dequantize(q, scale, axis);
    }

    @Override
    public OnnxValue roundBlocks(OnnxValue x, Blocks blocks, OnnxValue tensorScale) {
        return rounded.roundBlocks(x, blocks, tensorScale);
    }

    @Override
    public List<OnnxValue> region(String name, Supplier<List<OnnxValue>> body) {
        return graph.under(name, body);
    }

    @Override
    public OnnxValue linear(Layer.Linear layer, OnnxValue x, OnnxValue weight) {
        return graph.under(layer.name(), () -> PointwiseOps.super.linear(layer, x, weight));
    }

    @Override
    public OnnxValue conv(Layer.Conv layer, OnnxValue x, OnnxValue weight) {
        return graph.under(layer.name(), () -> PointwiseOps.super.conv(layer, x, weight));
    }

    @Override
    public OnnxValue attention(Layer.Attention layer, OnnxValue q, OnnxValue k, OnnxValue v) {
        return graph.under(layer.name(), () -> PointwiseOps.super.attention(layer, q, k, v));
    }
}
