package io.halftone.fuzz;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.AttributeProto.AttributeType;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Small ONNX models made of one that runs, the same ones from the same seed: other operators, operands, attributes, extents, types and
 * contents of tensors. As many bytes as its shape and type have always go into a tensor, so that most models pass the readers.
 */
final class ModelMutator {
    private static final List<String> OPERATORS = List.of("MatMul", "Add", "Mul", "Div", "QuantizeLinear", "DequantizeLinear", "LayerNormalization",
        "Softmax", "Reshape", "Conv", "Resize", "Transpose", "Slice", "Cast", "Gather", "Concat", "Split", "Expand", "Gemm", "Pad", "Where", "Squeeze",
        "Unsqueeze", "ReduceMean", "Sigmoid", "InstanceNormalization", "Einsum", "Tile", "Shape", "ConstantOfShape", "Range", "TopK", "ScatterND");
    private static final long[] NUMBERS = {0, 1, 2, 3, 4, 7, -1, -2, 100, 65_536, Integer.MAX_VALUE, Integer.MIN_VALUE, 1L << 62, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final int[] TYPES = {DataType.FLOAT_VALUE, DataType.INT64_VALUE, DataType.INT8_VALUE, DataType.UINT8_VALUE, DataType.FLOAT16_VALUE,
        DataType.INT32_VALUE, DataType.BOOL_VALUE, DataType.DOUBLE_VALUE};
    private static final int MOST_AXES = 5;

    private final Random random;

    ModelMutator(long seed) {
        this.random = new Random(seed);
    }

    private static NodeProto.Builder node(String operator, String output, String... inputs) {
        return NodeProto.newBuilder().setName("a/" + output).setOpType(operator).addAllInput(List.of(inputs)).addOutput(output);
    }

    private static AttributeProto whole(String name, long... values) {
        AttributeProto.Builder attribute = AttributeProto.newBuilder().setName(name);
        return values.length == 1 ? attribute.setType(AttributeType.INT).setI(values[0]).build()
            : attribute.setType(AttributeType.INTS).addAllInts(LongStream.of(values).boxed().toList()).build();
    }

    private static TensorProto.Builder tensor(String name, int type, ByteBuffer content, long... dims) {
        return TensorProto.newBuilder().setName(name).setDataType(type).addAllDims(LongStream.of(dims).boxed().toList())
            .setRawData(ByteString.copyFrom(content.flip()));
    }

    private static TensorProto.Builder floats(String name, long[] dims, float... values) {
        ByteBuffer content = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (float value : values) {
            content.putFloat(value);
        }
        return tensor(name, DataType.FLOAT_VALUE, content, dims);
    }

    private static TensorProto.Builder longs(String name, long... values) {
        ByteBuffer content = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long value : values) {
            content.putLong(value);
        }
        return tensor(name, DataType.INT64_VALUE, content, values.length);
    }

    private static ValueInfoProto port(String name) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch"));
        if (name.equals("x")) {
            shape.addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(4));
        }
        TypeProto.Tensor.Builder type = TypeProto.Tensor.newBuilder().setElemType(DataType.FLOAT_VALUE);
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(name.equals("x") ? type.setShape(shape) : type)).build();
    }

    /** A model that runs: what an export has most of, one operator behind the other. */
    static ModelProto whole() {
        float[] sixteen = new float[16];
        Arrays.fill(sixteen, 0.25f);
        byte[] codes = new byte[16];
        Arrays.fill(codes, (byte) 3);
        GraphProto.Builder graph = GraphProto.newBuilder().setName("g").addInput(port("x")).addOutput(port("y"));
        Stream.of(node("MatMul", "h", "x", "w"), node("Add", "a", "h", "b"), node("QuantizeLinear", "q", "a", "s", "z"),
            node("DequantizeLinear", "d", "q", "s", "z"), node("DequantizeLinear", "dw", "c", "s", "z"), node("MatMul", "m", "d", "dw"),
            node("LayerNormalization", "l", "m", "b", "b").addAttribute(whole("axis", -1)), node("Softmax", "p", "l").addAttribute(whole("axis", -1)),
            node("Reshape", "r", "p", "shape"), node("Conv", "v", "r", "k").addAttribute(whole("strides", 1, 1)).addAttribute(whole("pads", 1, 1, 1, 1)),
            node("Resize", "u", "v", "", "f"), node("Transpose", "t", "u").addAttribute(whole("perm", 0, 2, 3, 1)),
            node("Slice", "n", "t", "zero", "one", "one"), node("Cast", "g16", "n").addAttribute(whole("to", DataType.FLOAT16_VALUE)),
            node("Cast", "g32", "g16").addAttribute(whole("to", DataType.FLOAT_VALUE)), node("Gather", "e", "g32", "zero").addAttribute(whole("axis", 3)),
            node("Concat", "y", "e", "e").addAttribute(whole("axis", 1))).forEach(graph::addNode);
        Stream.of(floats("w", new long[] {4, 4}, sixteen), floats("b", new long[] {4}, 1, 2, 3, 4), floats("s", new long[0], 0.1f),
            tensor("z", DataType.INT8_VALUE, ByteBuffer.allocate(1).put((byte) 0)), tensor("c", DataType.INT8_VALUE, ByteBuffer.allocate(16).put(codes), 4, 4),
            longs("shape", -1, 1, 2, 2), floats("k", new long[] {2, 1, 3, 3}, Arrays.copyOf(sixteen, 18)), floats("f", new long[] {4}, 1, 1, 2, 2),
            longs("zero", 0), longs("one", 1)).forEach(graph::addInitializer);
        return ModelProto.newBuilder().setIrVersion(9).addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(20)).setGraph(graph).build();
    }

    /** The next model. */
    ModelProto next() {
        ModelProto.Builder model = whole().toBuilder();
        GraphProto.Builder graph = model.getGraphBuilder();
        for (int changes = random.nextInt(2); changes >= 0; changes--) {
            change(graph);
        }
        return model.build();
    }

    private void change(GraphProto.Builder graph) {
        if (graph.getNodeCount() == 0) {
            return;
        }
        int at = random.nextInt(graph.getNodeCount());
        NodeProto.Builder node = graph.getNodeBuilder(at);
        switch (random.nextInt(9)) {
            case 0 -> node.setOpType(OPERATORS.get(random.nextInt(OPERATORS.size())));
            case 1 -> node.setInput(random.nextInt(node.getInputCount()), value(graph));
            case 2 -> node.addInput(value(graph));
            case 3 -> node.clearAttribute();
            case 4 -> attribute(node);
            case 5 -> graph.addNode(at, node.clone().setName("a/again" + at).setOutput(0, "again" + at));
            case 6, 7 -> fill(graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount())));
            default -> reshape(graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount())));
        }
    }

    private String value(GraphProto.Builder graph) {
        return switch (random.nextInt(8)) {
            case 0 -> "";
            case 1 -> "x";
            case 2, 3, 4 -> graph.getInitializer(random.nextInt(graph.getInitializerCount())).getName();
            default -> graph.getNode(random.nextInt(graph.getNodeCount())).getOutput(0);
        };
    }

    private void attribute(NodeProto.Builder node) {
        List<String> names = List.of("axis", "perm", "to", "strides", "pads", "dilations", "group", "kernel_shape", "blocked", "block_size", "transA", "k");
        long[] values = LongStream.generate(this::number).limit(1 + random.nextInt(MOST_AXES)).toArray();
        if (node.getAttributeCount() > 0 && random.nextInt(4) > 0) {
            int at = random.nextInt(node.getAttributeCount());
            node.setAttribute(at, whole(node.getAttribute(at).getName(), values));
        } else {
            node.addAttribute(whole(names.get(random.nextInt(names.size())), values));
        }
    }

    /** Small more often than not. */
    private long number() {
        return NUMBERS[random.nextBoolean() ? random.nextInt(8) : random.nextInt(NUMBERS.length)];
    }

    /** Other numbers in place of a tensor's. */
    private void fill(TensorProto.Builder tensor) {
        ByteBuffer content = ByteBuffer.allocate(tensor.getRawData().size()).order(ByteOrder.LITTLE_ENDIAN);
        while (content.remaining() >= Long.BYTES) {
            content.putLong(tensor.getDataType() == DataType.INT64_VALUE || random.nextBoolean() ? number() : random.nextLong());
        }
        tensor.setRawData(ByteString.copyFrom(content.array()));
    }

    /** Another type or shape for a tensor, and bytes for it. */
    private void reshape(TensorProto.Builder tensor) {
        if (random.nextBoolean()) {
            tensor.setDataType(TYPES[random.nextInt(TYPES.length)]);
        } else {
            tensor.clearDims().addAllDims(LongStream.generate(() -> random.nextInt(5)).limit(random.nextInt(MOST_AXES)).boxed().toList());
        }
        int size = switch (tensor.getDataType()) {
            case DataType.INT64_VALUE, DataType.DOUBLE_VALUE -> 8;
            case DataType.FLOAT_VALUE, DataType.INT32_VALUE -> 4;
            case DataType.FLOAT16_VALUE -> 2;
            default -> 1;
        };
        byte[] content = new byte[size * tensor.getDimsList().stream().mapToInt(Long::intValue).reduce(1, (x, y) -> x * y)];
        random.nextBytes(content);
        tensor.setRawData(ByteString.copyFrom(content));
    }
}
