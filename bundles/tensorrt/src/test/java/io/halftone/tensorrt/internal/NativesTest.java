package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.export.EngineBuilder.Request;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NativesTest {
    @TempDir
    Path folder;

    @Test
    void saysThatThereIsNoDriver() {
        List<Path> driver = List.of(folder.resolve("nvidiactl"));
        assertEquals(Optional.of("GPU: found no NVIDIA driver; expected one of " + driver), Natives.missing(driver));
    }

    @Test
    void saysWhichLibraryDoesNotLoad() {
        Assumptions.assumeTrue(Natives.missing().isPresent(), "TensorRT is here: its absence is not tested");
        String missing = Natives.missing(List.of(folder)).orElseThrow();
        assertTrue(missing.startsWith("CUDA: found no library that loads, "), missing);
        assertTrue(missing.endsWith("; expected the native libraries for " + Loader.getPlatform()), missing);
    }

    @Test
    void aBuildWithoutGpuSaysWhy() throws Exception {
        Assumptions.assumeTrue(Natives.missing().isPresent(), "TensorRT is here: its absence is not tested");
        Path model = TestModel.write(folder, ai.onnx.proto.OnnxMl.TensorProto.DataType.INT8_VALUE);
        var request = new Request(model, Map.of(), Map.of("opt-shapes", "sample:1x4x8x8"));
        var e = assertThrows(IllegalStateException.class, () -> new TensorRtEngineBuilder().build(request, folder.resolve("x.plan")));
        assertEquals("tensorrt: " + Natives.missing().orElseThrow(), e.getMessage());
    }
}
