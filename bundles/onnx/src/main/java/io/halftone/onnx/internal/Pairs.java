package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.AttributeProto;
import com.google.protobuf.ByteString;
import io.halftone.onnx.internal.OnnxValue.Constant;
import io.halftone.ops.DType;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import java.util.List;

/** The two halves of a Q/DQ pair, with zero points of 0. */
final class Pairs {
    private final Graph graph;

    Pairs(Graph graph) {
        this.graph = graph;
    }

    /**
     * The codes of a value.
     *
     * @param axis of a scale that has one; not used with a scalar
     */
    String quantize(String x, DType type, String scale, Shape scaleShape, int axis) {
        return graph.node("QuantizeLinear", List.of(x, scale, zeros(scaleShape, type)), axis(scaleShape, axis));
    }

    /** The value of codes. */
    String dequantize(String codes, DType type, String scale, Shape scaleShape, int axis) {
        return graph.node("DequantizeLinear", List.of(codes, scale, zeros(scaleShape, type)), axis(scaleShape, axis));
    }

    private String zeros(Shape shape, DType type) {
        int count = Math.toIntExact(shape.count().size());
        return graph.constant(new Constant(ByteString.copyFrom(new byte[count]), new Meta(shape, type)));
    }

    private static AttributeProto[] axis(Shape scale, int axis) {
        return scale.rank() == 0 ? new AttributeProto[0] : new AttributeProto[] {Graph.attribute("axis", (long) axis)};
    }
}
