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
import io.halftone.ops.DType;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import org.bytedeco.javacpp.Pointer;
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

    /** Inputs are overwritten, and outputs copied, in the order of the default stream alone; nobody waits until the end. */
    @Test
    void tensorsOnTheGpuNeedNoWait() throws IOException {
        int runs = 200;
        float[][] given = new float[runs][];
        Pointer kept = Cuda.allocate(8L * runs);
        Pointer x = Cuda.allocate(8);
        try (Engine engine = builder.load(build(), Map.of())) {
            assertEquals(OptionalInt.of(0), engine.device());
            for (int run = 0; run < runs; run++) {
                given[run] = new float[] {run, -run};
                Cuda.copy(TensorView.ofFloats(given[run], 1, 2), x, null);
                Pointer place = new Cuda.Address(kept.address() + 8L * run);
                engine.run(Values.of("x", TensorView.device(DType.FLOAT32, new long[] {1, 2}, x.address(), 0)), outputs -> {
                    Cuda.copy(outputs.get("y"), place, null);
                    return null;
                });
            }
            ByteBuffer bytes = ByteBuffer.allocateDirect(8 * runs);
            Cuda.copy(kept, bytes, null);
            Cuda.await(null);
            float[] y = TensorView.host(DType.FLOAT32, new long[] {runs, 2}, bytes).toFloats();
            for (int run = 0; run < runs; run++) {
                assertArrayEquals(new float[] {2 * run, -2 * run}, Arrays.copyOfRange(y, 2 * run, 2 * run + 2));
            }
        } finally {
            Cuda.free(kept);
            Cuda.free(x);
        }
    }

    @Test
    void refusesRunsInRunsAndAfterTheEnd() throws IOException {
        Path file = build();
        Engine engine = builder.load(file, Map.of());
        Values<TensorView> x = Values.of("x", TensorView.ofFloats(new float[2], 1, 2));
        var second = assertThrows(IllegalStateException.class, () -> engine.run(x, outputs -> engine.run(x, again -> null)));
        assertEquals(file + ": found a run in progress; expected one at a time", second.getMessage());
        engine.close();
        engine.close();
        var closed = assertThrows(IllegalStateException.class, () -> engine.run(x, outputs -> null));
        assertEquals(file + ": found a closed engine; expected an open one", closed.getMessage());
    }

    /** A destructor whose lender was collected is refused: see {@link Destructors}. */
    @Test
    void deletesWhatItMadeAfterGarbageWasCollected() throws IOException {
        builder.load(build(), Map.of()).close();
        System.gc();
        Files.delete(folder.resolve("model.plan"));
        builder.load(build(), Map.of()).close();
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
