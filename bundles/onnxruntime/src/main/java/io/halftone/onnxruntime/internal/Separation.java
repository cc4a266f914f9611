package io.halftone.onnxruntime.internal;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;

/**
 * Keeps the 8-bit floats of a model apart from its integers. The runtime's fusions take any 8-bit pair for one of integers, and
 * end in operators that no 8-bit float has; turned off, they make no integer kernels either. So what reads 8-bit floats back
 * is written as what it means, a cast and a product, in which they see no pair.
 */
final class Separation {
    private final ModelGraph source;
    private final GraphProto.Builder graph;
    /** What each QuantizeLinear rounds, by what it gives. */
    private final Map<String, String> quantized = new HashMap<>();

    private Separation(ModelGraph source) {
        this.source = source;
        this.graph = source.model().getGraph().toBuilder().clearNode();
    }

    /** The same model with no pair of 8-bit floats; itself where it has not both these and integers. */
    static ModelGraph apply(ModelGraph source) {
        return source.hasFloat8() && source.hasInt8() ? new Separation(source).separated() : source;
    }

    private ModelGraph separated() {
        for (NodeProto node : source.model().getGraph().getNodeList()) {
            if (node.getOpType().equals("DequantizeLinear") && source.isFloat8(node)) {
                separate(node);
            } else {
                if (node.getOpType().equals("QuantizeLinear")) {
                    quantized.put(node.getOutput(0), node.getInput(0));
                }
                graph.addNode(node);
            }
        }
        return new ModelGraph(source.model().toBuilder().setGraph(graph).build());
    }

    private void separate(NodeProto node) {
        TensorProto scale = source.tensor(node.getInput(1));
        String floats = node.getOutput(0) + "/floats";
        graph.addNode(NodeProto.newBuilder().setName(floats).setOpType("Cast").addInput(node.getInput(0)).addOutput(floats)
            .addAttribute(AttributeProto.newBuilder().setName("to").setType(AttributeProto.AttributeType.INT).setI(scale.getDataType())));
        graph.addNode(NodeProto.newBuilder().setName(node.getName()).setOpType("Mul").addInput(floats).addInput(factor(node, scale))
            .addOutput(node.getOutput(0)));
    }

    /** The scale as it broadcasts over the value: one for each index of an axis gets axes behind it. */
    private String factor(NodeProto node, TensorProto scale) {
        TensorProto codes = source.tensor(quantized.getOrDefault(node.getInput(0), node.getInput(0)));
        if (scale.getDimsCount() == 0 || codes == null) {
            return scale.getName();
        }
        long axis = node.getAttributeList().stream().filter(a -> a.getName().equals("axis")).mapToLong(AttributeProto::getI).findFirst()
            .orElse(1);
        String name = node.getOutput(0) + "/factor";
        ByteBuffer shape = ByteBuffer.allocate(Long.BYTES * codes.getDimsCount()).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < codes.getDimsCount(); i++) {
            shape.putLong(i == axis ? scale.getDims(0) : 1);
        }
        graph.addInitializer(TensorProto.newBuilder().setName(name + "/shape").setDataType(DataType.INT64.getNumber())
            .addDims(codes.getDimsCount()).setRawData(ByteString.copyFrom(shape.flip())));
        graph.addNode(NodeProto.newBuilder().setName(name).setOpType("Reshape").addInput(scale.getName()).addInput(name + "/shape")
            .addOutput(name));
        return name;
    }
}
