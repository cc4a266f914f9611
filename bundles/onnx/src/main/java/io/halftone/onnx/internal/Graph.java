package io.halftone.onnx.internal;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import io.halftone.export.ExportException;
import io.halftone.onnx.internal.OnnxValue.Constant;
import io.halftone.ops.DType;
import io.halftone.ops.Dim;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * A graph that grows node by node. Names are unique, and follow from the order of calls alone. Tensors above
 * {@link #INLINE_BYTES} go to the external data; the graph keeps only where they are.
 */
final class Graph {
    /** The largest tensor that stays in the model file. */
    static final int INLINE_BYTES = 1024;

    private final GraphProto.Builder graph;
    private final ExternalData data;
    private final String location;
    private final Map<String, Integer> names = new HashMap<>();
    private final Map<Constant, String> constants = new HashMap<>();
    private final Deque<String> prefixes = new ArrayDeque<>();
    private final Set<String> domains = new TreeSet<>();
    private final Map<String, Dim> multiplyAdds = new LinkedHashMap<>();
    private int opset = OnnxOps.OPSET;

    /**
     * @param location the name of the data file as the model says it: a sibling of the model
     */
    Graph(String name, ExternalData data, String location) {
        this.graph = GraphProto.newBuilder().setName(name);
        this.data = data;
        this.location = location;
    }

    /** Runs the body with its nodes named under a prefix; an empty one leaves the names as they are. */
    <R> R under(String prefix, Supplier<R> body) {
        if (prefix.isEmpty()) {
            return body.get();
        }
        prefixes.push(prefix);
        try {
            return body.get();
        } finally {
            prefixes.pop();
        }
    }

    /** Adds a node with one output; returns the output's name, which is the node's. */
    String node(String operator, List<String> inputs, AttributeProto... attributes) {
        return nodes("", operator, inputs, 1, attributes).get(0);
    }

    /**
     * Adds a node.
     *
     * @param domain  of the operator; empty for a standard one
     * @param outputs how many
     * @return the outputs' names; the first is the node's
     */
    List<String> nodes(String domain, String operator, List<String> inputs, int outputs, AttributeProto... attributes) {
        String prefix = prefixes.isEmpty() ? "" : prefixes.peek() + "/";
        List<String> names = new ArrayList<>(List.of(unique(prefix + operator)));
        while (names.size() < outputs) {
            names.add(unique(names.get(0) + "_output_" + names.size()));
        }
        if (!domain.isEmpty()) {
            domains.add(domain);
        }
        graph.addNode(NodeProto.newBuilder().setName(names.get(0)).setDomain(domain).setOpType(operator).addAllInput(inputs)
            .addAllOutput(names).addAllAttribute(List.of(attributes)));
        return names;
    }

    /**
     * Adds a node that multiplies, and notes how often.
     *
     * @param multiplyAdds of all its elements together
     */
    String product(Dim multiplyAdds, String operator, List<String> inputs, AttributeProto... attributes) {
        String name = node(operator, inputs, attributes);
        this.multiplyAdds.put(name, multiplyAdds);
        return name;
    }

    /** The multiply-adds of each product by its name, in order. */
    Map<String, Dim> multiplyAdds() {
        return Collections.unmodifiableMap(multiplyAdds);
    }

    /** Says that the graph has an operator, or a type on it, of that operator set. */
    void needs(int other) {
        opset = Math.max(opset, other);
    }

    /** The operator set that the graph needs. */
    int opset() {
        return opset;
    }

    /** The domains of operators that are not standard ones. */
    Set<String> domains() {
        return Collections.unmodifiableSet(domains);
    }

    String node(String operator, String input, AttributeProto... attributes) {
        return node(operator, List.of(input), attributes);
    }

    /** The name of a constant; equal ones share an initializer. */
    String constant(Constant constant) {
        String known = constants.get(constant);
        if (known == null) {
            known = initializer("constant", constant.dtype(), constant.shape().sizes(), constant.bytes().toByteArray());
            constants.put(constant, known);
        }
        return known;
    }

    /** A scalar. */
    String scalar(double value, DType type) {
        return constant(new Constant(ByteString.copyFrom(Elements.encode(value, type)), new Meta(Shape.of(new Dim[0]), type)));
    }

    /** A vector of int64. */
    String longs(long... values) {
        return constant(new Constant(ByteString.copyFrom(Elements.encode(values)), new Meta(Shape.of(values.length), DType.INT64)));
    }

    /** A vector of equal floating values. */
    String filled(float value, long count, DType type) {
        float[] values = new float[Math.toIntExact(count)];
        Arrays.fill(values, value);
        return constant(new Constant(ByteString.copyFrom(Elements.encode(values, type)), new Meta(Shape.of(count), type)));
    }

    /** Adds an initializer under this name, or that with a number behind it where it is taken; returns its name. */
    String initializer(String wanted, DType type, long[] shape, byte[] bytes) {
        return initializer(wanted, type, shape, new Content.Given(bytes));
    }

    /** The same, with bytes that are made when they are written. */
    String initializer(String wanted, DType type, long[] shape, Content content) {
        return initializer(wanted, Elements.type(type).getNumber(), shape, content);
    }

    /** The same, with the type by its number in ONNX. Few bytes are made here. */
    String initializer(String wanted, int type, long[] shape, Content content) {
        String name = unique(wanted);
        TensorProto.Builder tensor = TensorProto.newBuilder().setName(name).setDataType(type);
        for (long extent : shape) {
            tensor.addDims(extent);
        }
        if (content.length() <= INLINE_BYTES) {
            tensor.setRawData(ByteString.copyFrom(Content.bytes(content)));
        } else {
            tensor.setDataLocation(TensorProto.DataLocation.EXTERNAL)
                .addExternalData(entry("location", location))
                .addExternalData(entry("offset", Long.toString(data.append(content))))
                .addExternalData(entry("length", Long.toString(content.length())));
        }
        graph.addInitializer(tensor);
        return name;
    }

    /**
     * Keeps a name for an input or output, before any other value takes it.
     *
     * @throws ExportException if it is kept already
     */
    void reserve(String name) {
        if (!unique(name).equals(name)) {
            throw new ExportException("graph: found two inputs or outputs named " + name + "; expected one");
        }
    }

    /** Adds an input under a reserved name. */
    void input(String name, Meta meta) {
        graph.addInput(port(name, meta));
    }

    /** Makes a value an output under a reserved name. */
    void output(String name, String value, Meta meta) {
        graph.addNode(NodeProto.newBuilder().setName(unique("Identity")).setOpType("Identity").addInput(value).addOutput(name));
        graph.addOutput(port(name, meta));
    }

    /** The graph as it stands. */
    GraphProto build() {
        return graph.build();
    }

    static AttributeProto attribute(String name, long value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INT).setI(value).build();
    }

    static AttributeProto attribute(String name, double value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.FLOAT).setF((float) value).build();
    }

    static AttributeProto attribute(String name, String value) {
        return AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.STRING)
            .setS(ByteString.copyFromUtf8(value)).build();
    }

    static AttributeProto attribute(String name, long... values) {
        var attribute = AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
        for (long value : values) {
            attribute.addInts(value);
        }
        return attribute.build();
    }

    private static ValueInfoProto port(String name, Meta meta) {
        var shape = TensorShapeProto.newBuilder();
        for (Dim dim : meta.shape().dims()) {
            var extent = TensorShapeProto.Dimension.newBuilder();
            shape.addDim(dim.isNumber() ? extent.setDimValue(dim.size()) : extent.setDimParam(dim.toString()));
        }
        var tensor = TypeProto.Tensor.newBuilder().setElemType(Elements.type(meta.dtype()).getNumber()).setShape(shape);
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(tensor)).build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private String unique(String wanted) {
        String name = wanted;
        Integer taken = names.putIfAbsent(wanted, 0);
        while (taken != null) {
            int next = names.merge(wanted, 1, Integer::sum);
            name = wanted + "_" + next;
            taken = names.putIfAbsent(name, 0);
        }
        return name;
    }
}
