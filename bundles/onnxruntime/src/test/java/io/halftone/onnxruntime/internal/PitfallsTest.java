package io.halftone.onnxruntime.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.halftone.export.EngineException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PitfallsTest {
    private static final Path FILE = Path.of("x.onnx");

    private static TensorProto scales(float... values) {
        TensorProto.Builder tensor = TensorProto.newBuilder().setName("f").setDataType(DataType.FLOAT_VALUE).addDims(values.length);
        for (float value : values) {
            tensor.addFloatData(value);
        }
        return tensor.build();
    }

    private static NodeProto resize(String... inputs) {
        return NodeProto.newBuilder().setName("up").setOpType("Resize").addAllInput(List.of(inputs)).addOutput("y").build();
    }

    private static void verify(GraphProto.Builder graph) {
        Pitfalls.verify(FILE, ModelProto.newBuilder().setGraph(graph).build());
    }

    private static void assertRefused(String by, GraphProto.Builder graph) {
        assertEquals("x.onnx: up: found Resize by or to " + by + "; expected at least 1: what is scaled to nothing ends the process in ONNX Runtime",
            assertThrows(EngineException.class, () -> verify(graph)).getMessage());
    }

    @Test
    void takesWhatPicturesAreScaledBy() {
        verify(GraphProto.newBuilder().addInitializer(scales(1, 1, 2, 2)).addNode(resize("x", "", "f")));
        verify(GraphProto.newBuilder().addNode(resize("x", "", "", "made as it runs")));
    }

    @ParameterizedTest
    @ValueSource(floats = {0, -2, 0.25f, 4.2e-45f, Float.NaN, Float.POSITIVE_INFINITY})
    void refusesWhatMayLeaveNothing(float scale) {
        assertRefused(Float.toString(scale), GraphProto.newBuilder().addInitializer(scales(1, 1, scale, 2)).addNode(resize("x", "", "f")));
        assertRefused(Float.toString(scale), GraphProto.newBuilder().addInitializer(scales(1, 1, scale, 2)).addNode(resize("x", "f")));
    }

    @Test
    void findsThemInConstantsPitfallsAndInnerGraphs() {
        NodeProto constant = NodeProto.newBuilder().setOpType("Constant").addOutput("f")
            .addAttribute(AttributeProto.newBuilder().setName("value").setT(scales(0.5f))).build();
        assertRefused("0.5", GraphProto.newBuilder().addNode(constant).addNode(resize("x", "", "f")));
        TensorProto sizes = TensorProto.newBuilder().setName("n").setDataType(DataType.INT64_VALUE).addDims(1).addInt64Data(0).build();
        assertRefused("0", GraphProto.newBuilder().addInitializer(sizes).addNode(resize("x", "", "", "n")));
        NodeProto branch = NodeProto.newBuilder().setOpType("If").addAttribute(AttributeProto.newBuilder().setName("then_branch")
            .setG(GraphProto.newBuilder().addNode(resize("x", "", "f")))).build();
        assertRefused("0.5", GraphProto.newBuilder().addInitializer(scales(0.5f)).addNode(branch));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 65_536, 1L << 62})
    void refusesWindowsWhosePitfallsOverflow(long pad) {
        NodeProto conv = NodeProto.newBuilder().setName("conv").setOpType("Conv").addAttribute(AttributeProto.newBuilder().setName("pads")
            .addInts(1).addInts(pad)).build();
        assertEquals("x.onnx: conv: pads: found [1, " + pad + "]; expected numbers from 0 to 65535",
            assertThrows(EngineException.class, () -> verify(GraphProto.newBuilder().addNode(conv))).getMessage());
    }

    @Test
    void refusesANormWhoseLastOperandHasNoName() {
        NodeProto.Builder norm = NodeProto.newBuilder().setName("norm").setOpType("LayerNormalization").addInput("x").addInput("scale");
        verify(GraphProto.newBuilder().addNode(norm));
        assertEquals("x.onnx: norm: found LayerNormalization whose last operand has no name; expected a name, or one operand fewer: it ends the process in "
            + "ONNX Runtime", assertThrows(EngineException.class, () -> verify(GraphProto.newBuilder().addNode(norm.addInput("")))).getMessage());
    }

    @Test
    void refusesThemWhereTheyAreNotRead() {
        TensorProto outside = scales().toBuilder().addExternalData(StringStringEntryProto.newBuilder().setKey("location").setValue("d")).build();
        assertEquals("x.onnx: up: found f in external data; expected what Resize scales by in the model itself",
            assertThrows(EngineException.class, () -> verify(GraphProto.newBuilder().addInitializer(outside).addNode(resize("x", "", "f")))).getMessage());
    }
}
