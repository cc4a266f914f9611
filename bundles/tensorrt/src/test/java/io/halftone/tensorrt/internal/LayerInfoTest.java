package io.halftone.tensorrt.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.export.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** On what TensorRT said of real engines; where it comes from stands beside the files. */
class LayerInfoTest {
    private static final Map<String, String> QUANTIZED = Map.of("down_blocks.0.resnets.0.conv1/Conv", "down_blocks.0.resnets.0.conv1",
        "mid_block.attentions.0.transformer_blocks.0.ff.net.2/MatMul", "mid_block.attentions.0.transformer_blocks.0.ff.net.2");

    private static LayerInfo read(String file) throws IOException {
        return LayerInfo.of(Files.readString(Path.of("src/test/resources", file)), QUANTIZED);
    }

    @Test
    void findsConvolutionsAndProductsInInt8Kernels() throws IOException {
        LayerInfo info = read("layers-int8.json");
        assertEquals(List.of("down_blocks.0.resnets.0.conv1", "mid_block.attentions.0.transformer_blocks.0.ff.net.2"), info.integer());
        assertEquals(List.of(), info.floating());
        assertEquals(1, info.operators().get("Reformat"));
    }

    @Test
    void tellsAConvolutionThatFellBackToFloat() throws IOException {
        LayerInfo info = read("layers-fp8.json");
        assertEquals(List.of("mid_block.attentions.0.transformer_blocks.0.ff.net.2"), info.integer());
        assertEquals(List.of("down_blocks.0.resnets.0.conv1"), info.floating());
    }

    @Test
    void whatOnlyConvertsIsNoIntegerKernel() {
        String json = "{\"Layers\": [{\"LayerType\": \"Reformat\", \"Inputs\": [{\"Format/Datatype\": \"Int8\"}],"
            + " \"Metadata\": \"[ONNX Layer: a/Conv]\"}]}";
        assertEquals(List.of("a"), LayerInfo.of(json, Map.of("a/Conv", "a")).floating());
    }

    @Test
    void refusesAnInspectionWithoutDetails() {
        var names = assertThrows(EngineException.class, () -> LayerInfo.of("{\"Layers\": [\"a/Conv\"]}", Map.of()));
        assertEquals("engine inspection: found names of layers alone; expected a detailed one", names.getMessage());
        var none = assertThrows(EngineException.class, () -> LayerInfo.of("{}", Map.of()));
        assertEquals("engine inspection: found no list of layers; expected one", none.getMessage());
    }
}
