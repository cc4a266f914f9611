package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import io.halftone.export.Engine;
import io.halftone.export.EngineBuilder.Request;
import io.halftone.export.EngineException;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On a machine with a GPU and TensorRT; elsewhere it is skipped and says why. */
@Tag("gpu")
class TensorRtEngineTest {
    @TempDir
    Path folder;
    private final TensorRtEngineBuilder builder = new TensorRtEngineBuilder();

    @BeforeEach
    void needsTensorRt() {
        Natives.missing().ifPresent(reason -> Assumptions.abort("the tests of engines are skipped: " + reason));
    }

    private static ValueInfoProto port(String name) {
        var shape = TensorShapeProto.newBuilder().addDim(TensorShapeProto.Dimension.newBuilder().setDimParam("batch_size"))
            .addDim(TensorShapeProto.Dimension.newBuilder().setDimValue(2));
        var tensor = TypeProto.Tensor.newBuilder().setElemType(DataType.FLOAT_VALUE).setShape(shape);
        return ValueInfoProto.newBuilder().setName(name).setType(TypeProto.newBuilder().setTensorType(tensor)).build();
    }

    /** y = x + x. */
    private Path build() throws IOException {
        GraphProto graph = GraphProto.newBuilder().setName("twice").addInput(port("x")).addOutput(port("y"))
            .addNode(NodeProto.newBuilder().setName("twice/Add").setOpType("Add").addInput("x").addInput("x").addOutput("y")).build();
        Path model = Files.write(folder.resolve("model.onnx"), ModelProto.newBuilder().setIrVersion(9).setGraph(graph)
            .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(19)).build().toByteArray());
        Path engine = folder.resolve("model.plan");
        builder.build(new Request(model, Map.of("batch_size", new Extent(1, 2, 4)), Map.of()), engine);
        return engine;
    }

    @Test
    void runsAtEveryBatchWithAndWithoutGraph() throws IOException {
        Path file = build();
        for (String graph : new String[] {"true", "false"}) {
            try (Engine engine = builder.load(file, Map.of("cuda-graph", graph))) {
                for (int run = 0; run < 4; run++) {
                    for (float[] x : new float[][] {{1, 2}, {run, 4, 5, 6}, {7, run, 8, 9}}) {
                        float[] y = engine.run(Values.of("x", TensorView.ofFloats(x, x.length / 2, 2)), outputs -> outputs.get("y").toFloats());
                        for (int i = 0; i < x.length; i++) {
                            x[i] *= 2;
                        }
                        assertArrayEquals(x, y);
                    }
                }
                var e = assertThrows(EngineException.class, () -> engine.run(Values.of("x", TensorView.ofFloats(new float[10], 5, 2)), outputs -> null));
                assertEquals("input x: found FLOAT32 [5, 2]; expected FLOAT32 [1x2 to 4x2] on the host or device 0", e.getMessage());
            }
        }
    }

    @Test
    void keepsAnEngineThatWasBuiltOfTheSame() throws IOException {
        FileTime first = Files.getLastModifiedTime(build());
        assertEquals(first, Files.getLastModifiedTime(build()));
    }

    @Test
    void refusesAnEngineThatIsNotWhole() throws IOException {
        Path file = build();
        Files.write(file, new byte[4]);
        assertThrows(EngineException.class, () -> builder.load(file, Map.of()));
    }
}
