package io.halftone.core.internal.task;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.InspectResult;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.TestPipeline;
import io.halftone.export.ModelInspector;
import io.halftone.export.ModelReport;
import io.halftone.model.ModelSignature.Extent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectionTest {
    private static final String RECIPE = "{\"version\":2,\"digest\":\"00ff\",\"architecture\":\"TestUNet\",\"layers\":{},"
        + "\"quantization\":{\"algorithm\":\"max\"}}";

    @TempDir
    Path folder;
    private Map<String, String> metadata = Map.of();

    private InspectResult inspect(String path) throws IOException {
        ModelInspector inspector = file -> new ModelReport(file, 1, 9, Map.of(), "", List.of(), List.of(), Map.of(), new ModelReport.Rounding(Map.of(),
            Map.of()), new ModelReport.Weights(0, 0, Map.of(), 0, 0, List.of()), metadata, List.of("data: found none; expected some"));
        return Inspection.of(TestPipeline.family("inspector", Plugins.Plugin.of(inspector, "onnx")), path);
    }

    private String refusal(String path) {
        return assertThrows(IllegalArgumentException.class, () -> inspect(path)).getMessage();
    }

    @Test
    void readsWhatTheExporterLeft() throws IOException {
        metadata = Map.of("halftone", RECIPE, "halftone.extents", "{\"batch_size\":[2,4,16]}",
            "halftone.multiply_adds", "batch_size=4\na 3*batch_size\nb 8\n", "halftone.model-options", "{\"ids-rank\":\"3\"}");
        InspectResult result = inspect("/m/x.onnx");

        assertEquals("00ff", result.recipe());
        assertEquals("TestUNet", result.architecture());
        assertEquals(Map.of("batch_size", new Extent(2, 4, 16)), result.extents());
        assertEquals(3 * 4 + 8, result.multiplyAdds());
        assertEquals(Map.of("ids-rank", "3"), result.options());
        assertEquals(List.of("data: found none; expected some"), result.problems());
    }

    @Test
    void anotherProducersFileHasNone() throws IOException {
        InspectResult result = inspect("/m/x.onnx");

        assertEquals("", result.recipe());
        assertTrue(Double.isNaN(result.multiplyAdds()));
        assertEquals(Map.of(), result.extents());
    }

    @Test
    void factsThatAreNotOfTheirFormAreProblems() throws IOException {
        metadata = Map.of("halftone", "{}", "halftone.extents", "{", "halftone.multiply_adds", "a 3*n\n", "halftone.model-options", "[]");

        assertEquals(List.of("data: found none; expected some",
            "metadata halftone: /m/x.onnx: recipe: found no version 2 with its layers; expected one of this release",
            "metadata halftone.extents: /m/x.onnx: halftone.extents: found {; expected {\"name\":[least,usual,greatest],...}",
            "metadata halftone.multiply_adds: found dimension n; expected one of []",
            "metadata halftone.model-options: halftone.model-options: found []; expected the options of an export"), inspect("/m/x.onnx").problems());
    }

    @Test
    void ofAFolderItTakesTheExportersModelOrTheOnlyOne() throws IOException {
        Files.writeString(folder.resolve("model.onnx"), "");
        Files.writeString(folder.resolve("model.onnx_data"), "");
        assertEquals(folder.resolve("model.onnx"), inspect(folder.toString()).model().file());
        Files.writeString(folder.resolve("other.onnx"), "");
        assertEquals(folder + ": found [model.onnx, other.onnx]; expected one model, of a kind among [onnx]", refusal(folder.toString()));
        Files.writeString(folder.resolve("backbone.onnx"), "");
        assertEquals(folder.resolve("backbone.onnx"), inspect(folder.toString()).model().file());
    }

    @Test
    void refusesAFolderWithoutAModelAndAFileThatNobodyReads() {
        assertEquals(folder + ": found no model; expected one model, of a kind among [onnx]", refusal(folder.toString()));
        assertEquals("inspector pt: found none; expected one of [onnx]", refusal("/m/x.pt"));
    }
}
