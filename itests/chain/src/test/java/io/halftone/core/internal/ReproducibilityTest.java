package io.halftone.core.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.ExportRequest;
import io.halftone.api.ProgressListener;
import io.halftone.api.QuantizeResult;
import io.halftone.safetensors.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Same command, same seed: same bytes. */
class ReproducibilityTest {
    private static final List<String> ONNX = List.of("backbone.onnx", "backbone.onnx_data");
    @TempDir
    static Path scratch;

    @BeforeAll
    static void quantizeTwice() throws Exception {
        for (String name : List.of("first", "second")) {
            QuantizedTiny.quantize(Files.createDirectory(scratch.resolve(name)), 3, 2);
        }
    }

    @Test
    void checkpointsAreEqual() throws IOException {
        assertSameBytes(scratch.resolve("first/checkpoint.safetensors"), scratch.resolve("second/checkpoint.safetensors"));
    }

    @Test
    void exportsAreEqual() throws IOException {
        for (String file : ONNX) {
            assertSameBytes(scratch.resolve("first/onnx").resolve(file), scratch.resolve("second/onnx").resolve(file));
        }
    }

    @Test
    void restoredCheckpointExportsTheSame() throws Exception {
        Path again = scratch.resolve("restored");
        Chain.halftone().export(new ExportRequest(Chain.TINY, scratch.resolve("first/checkpoint.safetensors").toString(), again.toString(), "onnx",
            Map.of()), ProgressListener.NONE).await();
        for (String file : ONNX) {
            assertSameBytes(scratch.resolve("first/onnx").resolve(file), again.resolve(file));
        }
    }

    @Test
    void checkpointHoldsTheRecipeAndNoPath() {
        try (SafetensorsFile file = SafetensorsFile.open(scratch.resolve("first/checkpoint.safetensors"))) {
            String recipe = file.metadata().get("halftone");
            assertTrue(recipe.contains("\"algorithm\":\"smoothquant\"") && recipe.contains("\"steps\":2"), recipe.substring(0, 500));
            assertTrue(!recipe.contains(scratch.toString()) && !recipe.contains(Chain.MODELS.toString()), "a path in the recipe");
        }
    }

    @Test
    void everyPlannedLayerIsInTheCheckpointAndTheExport() throws Exception {
        QuantizeResult result = QuantizedTiny.get().result();
        long planned = result.plan().layers().stream().filter(layer -> layer.quantized()).count();
        assertEquals(planned, result.exports().get(0).quantizedLayers());
        try (SafetensorsFile file = SafetensorsFile.open(Path.of(QuantizedTiny.get().checkpoint()))) {
            assertEquals(planned, file.names().stream().filter(name -> name.endsWith(".weight_quantizer._amax")).count());
            assertEquals(planned, file.names().stream().filter(name -> name.endsWith(".input_quantizer._amax")).count());
        }
    }

    private static void assertSameBytes(Path a, Path b) throws IOException {
        assertEquals(-1, Files.mismatch(a, b), a + " and " + b + " differ from this byte on");
    }
}
