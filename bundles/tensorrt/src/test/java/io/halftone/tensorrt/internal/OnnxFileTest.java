package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.halftone.export.LayerReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFileTest {
    @TempDir
    Path folder;

    private static NodeProto node(String name, String... inputs) {
        String operator = name.substring(name.lastIndexOf('/') + 1).replaceAll("_\\d+$", "");
        NodeProto.Builder node = NodeProto.newBuilder().setName(name).setOpType(operator).addAllInput(List.of(inputs)).addOutput(name);
        return operator.equals("DequantizeLinear") ? node.addInput("scale").build() : node.build();
    }

    private Map<String, OnnxFile.Site> sites(NodeProto... nodes) throws IOException {
        ModelProto model = ModelProto.newBuilder().setGraph(GraphProto.newBuilder().addAllNode(List.of(nodes))).build();
        return OnnxFile.read(Files.write(folder.resolve("backbone.onnx"), model.toByteArray())).sites();
    }

    @Test
    void anAttentionIsBothOfItsProducts() throws IOException {
        var attention = new OnnxFile.Site(LayerReport.ATTENTION, List.of("a/MatMul", "a/MatMul_1"), 2);
        assertEquals(Map.of("a", attention), sites(node("a/DequantizeLinear", "q"), node("a/DequantizeLinear_1", "k"),
            node("a/MatMul", "a/DequantizeLinear", "a/DequantizeLinear_1"), node("a/Softmax", "a/MatMul"), node("a/MatMul_1", "a/Softmax", "v")));
        assertEquals(0, sites(node("a/MatMul", "q", "k"), node("a/Softmax", "a/MatMul"), node("a/MatMul_1", "a/Softmax", "v")).get("a").factors());
    }

    @Test
    void productsThatAnAlgorithmAddsInFloatDoNotCount() throws IOException {
        assertEquals(Map.of("b", new OnnxFile.Site("MatMul", List.of("b/MatMul"), 2)), sites(node("b/DequantizeLinear", "x"),
            node("b/DequantizeLinear_1", "w"), node("b/Transpose", "b/DequantizeLinear_1"), node("b/MatMul", "b/DequantizeLinear", "b/Transpose"),
            node("b/MatMul_1", "x", "down"), node("c/MatMul", "x", "y")));
    }

    @Test
    void extentsAreThoseOfTheInputsShapes() throws IOException {
        OnnxFile model = OnnxFile.read(TestModel.write(folder, DataType.INT8_VALUE));
        assertEquals(Map.of("batch_size", 2L, "height", 16L),
            model.extents(Map.of("sample", List.of(2L, 4L, 16L, 8L), "timestep", List.of(1L))));
    }
}
