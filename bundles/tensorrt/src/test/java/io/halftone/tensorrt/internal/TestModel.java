package io.halftone.tensorrt.internal;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A model file of one quantized product, as the exporter writes it, for what reads models without running them. */
final class TestModel {
    static final List<String> SAMPLE = List.of("batch_size", "4", "height", "8");

    private TestModel() {}

    /** Writes the model and its data file. */
    static Path write(Path folder, int codes) throws IOException {
        GraphProto graph = GraphProto.newBuilder().setName("backbone")
            .addInput(input("sample", DataType.FLOAT16, SAMPLE)).addInput(input("timestep", DataType.FLOAT16, List.of("1")))
            .addNode(node("block/DequantizeLinear", "DequantizeLinear", "q", "s")).addNode(node("block/DequantizeLinear_1", "DequantizeLinear", "w", "s"))
            .addNode(node("block/MatMul", "MatMul", "block/DequantizeLinear", "block/DequantizeLinear_1"))
            .addNode(node("plain/MatMul", "MatMul", "sample", "block/DequantizeLinear_1"))
            .addInitializer(TensorProto.newBuilder().setName("w").setDataType(codes).addDims(4096)
                .setDataLocation(TensorProto.DataLocation.EXTERNAL).addExternalData(entry("location", "backbone.onnx_data")))
            .build();
        Files.write(folder.resolve("backbone.onnx_data"), new byte[4096]);
        return Files.write(folder.resolve("backbone.onnx"),
            ModelProto.newBuilder().setGraph(graph).addMetadataProps(entry("halftone", "{\"level\":3}")).build().toByteArray());
    }

    private static NodeProto node(String name, String operator, String... inputs) {
        return NodeProto.newBuilder().setName(name).setOpType(operator).addAllInput(List.of(inputs)).addOutput(name).build();
    }

    static ValueInfoProto input(String name, DataType type, List<String> dims) {
        var shape = TensorShapeProto.newBuilder();
        for (String dim : dims) {
            var extent = TensorShapeProto.Dimension.newBuilder();
            shape.addDim(dim.matches("\\d+") ? extent.setDimValue(Long.parseLong(dim)) : extent.setDimParam(dim));
        }
        var tensor = TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(shape);
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(tensor)).build();
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }
}
