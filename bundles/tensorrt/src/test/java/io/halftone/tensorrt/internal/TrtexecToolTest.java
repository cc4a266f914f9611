package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.halftone.export.EngineBuilder;
import io.halftone.model.ModelSignature.Extent;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrtexecToolTest {
    @TempDir
    Path folder;

    private String command(int version, Map<String, String> options) throws IOException {
        Path model = TestModel.write(folder, DataType.INT8_VALUE);
        var extents = Map.of("batch_size", new Extent(2, 16, 16), "height", new Extent(8, 8, 8));
        return new TrtexecTool().command(new EngineBuilder.Request(model, extents, options), Path.of("e.plan"), version);
    }

    @Test
    void writesTheCommandOfTheVersionAskedFor() throws IOException {
        assertEquals("trtexec --onnx=" + folder.resolve("backbone.onnx") + " --minShapes=sample:2x4x8x8 --optShapes=sample:16x4x8x8"
            + " --maxShapes=sample:16x4x8x8 --builderOptimizationLevel=4 --profilingVerbosity=detailed --skipInference --saveEngine=e.plan",
            command(11, Map.of()));
    }

    @Test
    void takesTheOptionsOfABuild() throws IOException {
        assertEquals("trtexec --onnx=" + folder.resolve("backbone.onnx") + " --stronglyTyped --minShapes=sample:2x4x8x8"
            + " --optShapes=sample:2x4x8x8 --maxShapes=sample:2x4x8x8 --builderOptimizationLevel=3 --profilingVerbosity=detailed"
            + " --skipInference --saveEngine=e.plan", command(10, Map.of("builderOptimizationLevel", "3", "minShapes", "sample:2x4x8x8")));
        assertEquals("option: found layout; expected one of " + new TrtexecTool().options(),
            assertThrows(IllegalArgumentException.class, () -> command(10, Map.of("layout", "demo-diffusion"))).getMessage());
    }
}
