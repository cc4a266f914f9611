package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.util.List;
import java.util.Map;

/**
 * A model without the bytes of its tensors.
 *
 * @param opsets by domain
 */
record Outline(long irVersion, String producer, Map<String, Long> opsets, Graph graph, Map<String, String> metadata) {
    /** A graph, or one inside a node. */
    record Graph(List<Node> nodes, List<Tensor> initializers, List<ValueInfoProto> inputs, List<ValueInfoProto> outputs) {}

    /**
     * A node.
     *
     * @param outputType the attribute output_dtype; 0 where there is none
     * @param tensors    the attributes that are tensors
     * @param graphs     the attributes that are graphs
     */
    record Node(String name, String operator, String domain, List<String> inputs, List<String> outputs, int outputType, List<Tensor> tensors,
                List<Graph> graphs) {
        /** The operator, behind its domain where that is not the standard one. */
        String type() {
            return domain.isEmpty() || domain.equals("ai.onnx") ? operator : domain + "::" + operator;
        }
    }

    /**
     * A tensor.
     *
     * @param type     of its elements, as the file numbers it
     * @param inline   bytes that it takes in the file
     * @param raw      whether these are its elements as they are, one behind the other
     * @param external where its elements are in another file, by the format's names: location, offset, length; empty if they are here
     */
    record Tensor(String name, int type, List<Long> dims, long inline, boolean raw, Map<String, String> external) {
        boolean isExternal() {
            return !external.isEmpty();
        }
    }
}
