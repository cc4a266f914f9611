package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.AttributeProto;
import io.halftone.onnx.internal.OnnxValue.Blocked;
import io.halftone.onnx.internal.OnnxValue.Codes;
import io.halftone.onnx.internal.OnnxValue.Constant;
import io.halftone.onnx.internal.OnnxValue.Dequantized;
import io.halftone.onnx.internal.OnnxValue.Joined;
import io.halftone.onnx.internal.OnnxValue.Result;
import io.halftone.onnx.internal.OnnxValue.Weight;
import io.halftone.ops.Dim;
import io.halftone.ops.shape.Meta;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Nodes over values. A value that the graph has not yet is added when a node first takes it. */
final class Nodes {
    private final Graph graph;
    private final Weights weights;
    private final Pairs pairs;
    private final BlockOperators blockOperators;
    private final Map<Joined, String> joints = new HashMap<>();

    Nodes(Graph graph, Weights weights, Pairs pairs, BlockOperators blockOperators) {
        this.graph = graph;
        this.weights = weights;
        this.pairs = pairs;
        this.blockOperators = blockOperators;
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

    /** The name of values beside each other along an axis. */
    String concat(List<OnnxValue> parts, int axis) {
        return graph.node("Concat", parts.stream().map(this::name).toList(), Graph.attribute("axis", (long) axis));
    }

    /** What a node of that operator gives, whose inputs the graph has under these names. */
    OnnxValue result(Meta meta, String operator, List<String> inputs, AttributeProto... attributes) {
        return new Result(graph.node(operator, inputs, attributes), meta);
    }

    /** The result of a product, each of whose elements is a sum over so many. */
    OnnxValue product(Meta meta, Dim summed, String operator, List<String> inputs, AttributeProto... attributes) {
        return new Result(graph.product(meta.shape().count().times(summed), operator, inputs, attributes), meta);
    }
}
