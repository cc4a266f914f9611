package io.halftone.onnxruntime.internal;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.util.HashSet;
import java.util.Set;

/**
 * Makes the int8 parts of a float16 model compute in float32. The processor has no float16 products, so nothing is lost;
 * and ONNX Runtime up to 1.29 rounds float16 values towards zero when it quantizes them (issue 18576 of its project),
 * and has integer kernels for float32 only.
 */
final class Widening {
    private static final String WIDE = "/float32";

    private final ModelGraph source;
    private final GraphProto.Builder graph;
    private final Set<String> dequantized = new HashSet<>();
    private final Set<String> widened = new HashSet<>();

    private Widening(ModelGraph source) {
        this.source = source;
        this.graph = source.model().getGraph().toBuilder().clearNode();
    }

    /** The same model with float32 around its int8 values; itself where there is nothing to widen. */
    static ModelGraph apply(ModelGraph source) {
        Widening widening = new Widening(source);
        for (NodeProto node : source.model().getGraph().getNodeList()) {
            if (node.getOpType().equals("DequantizeLinear") && widening.isNarrow(node)) {
                widening.dequantized.add(node.getOutput(0));
            }
        }
        boolean any = source.model().getGraph().getNodeList().stream().anyMatch(widening::isNarrow);
        return any ? new ModelGraph(widening.model()) : source;
    }

    private ModelProto model() {
        Set<String> others = othersThanProducts();
        for (NodeProto node : source.model().getGraph().getNodeList()) {
            NodeProto.Builder wide = node.toBuilder();
            if (isNarrow(node)) {
                wide.setInput(1, widen(node.getInput(1)));
                if (node.getOpType().equals("QuantizeLinear")) {
                    graph.addNode(wide.setInput(0, widen(node.getInput(0))));
                } else {
                    graph.addNode(wide.setOutput(0, node.getOutput(0) + WIDE));
                    if (others.contains(node.getOutput(0))) {
                        graph.addNode(cast(node.getOutput(0) + WIDE, node.getOutput(0), DataType.FLOAT16));
                    }
                }
            } else if (isProduct(node)) {
                wide.setInput(0, node.getInput(0) + WIDE).setInput(1, node.getInput(1) + WIDE);
                if (node.getInputCount() > 2) {
                    wide.setInput(2, widen(node.getInput(2)));
                }
                graph.addNode(wide.setOutput(0, node.getOutput(0) + WIDE));
                graph.addNode(cast(node.getOutput(0) + WIDE, node.getOutput(0), DataType.FLOAT16));
            } else {
                graph.addNode(node);
            }
        }
        return source.model().toBuilder().setGraph(graph).build();
    }

    /** The dequantized values that something else than a widened product takes. */
    private Set<String> othersThanProducts() {
        Set<String> others = new HashSet<>();
        for (NodeProto node : source.model().getGraph().getNodeList()) {
            if (!isProduct(node)) {
                others.addAll(node.getInputList());
            }
        }
        source.model().getGraph().getOutputList().forEach(output -> others.add(output.getName()));
        return others;
    }

    private boolean isProduct(NodeProto node) {
        return ModelGraph.PRODUCTS.contains(node.getOpType()) && dequantized.contains(node.getInput(0))
            && dequantized.contains(node.getInput(1));
    }

    private boolean isNarrow(NodeProto node) {
        return ModelGraph.rounds(node) && node.getInputCount() > 2 && source.initializer(node.getInput(1)) == DataType.FLOAT16
            && source.initializer(node.getInput(2)) == DataType.INT8;
    }

    /** The name of the value in float32, which a new node makes. */
    private String widen(String value) {
        if (widened.add(value)) {
            graph.addNode(cast(value, value + "/cast" + WIDE, DataType.FLOAT));
        }
        return value + "/cast" + WIDE;
    }

    private static NodeProto cast(String from, String to, DataType type) {
        var target = AttributeProto.newBuilder().setName("to").setType(AttributeProto.AttributeType.INT).setI(type.getNumber());
        return NodeProto.newBuilder().setName(to + "/Cast").setOpType("Cast").addInput(from).addOutput(to).addAttribute(target).build();
    }
}
