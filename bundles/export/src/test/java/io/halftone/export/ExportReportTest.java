package io.halftone.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelSignature.Extent;
import io.halftone.quant.Slot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExportReportTest {
    @Test
    void anExportKeepsItsOwnLists() {
        List<Path> files = new ArrayList<>(List.of(Path.of("backbone.onnx")));
        Map<Slot, ExportReport.Codes> slots = new HashMap<>(Map.of(Slot.WEIGHT, new ExportReport.Codes("INT8", 1, 0.1f)));
        List<ExportReport.QuantizedLayer> layers = new ArrayList<>(List.of(new ExportReport.QuantizedLayer("conv_in", "Conv", slots)));
        ExportReport report = new ExportReport(files.get(0), files, layers, 3, 10);
        files.clear();
        layers.clear();
        slots.clear();
        assertEquals(List.of(Path.of("backbone.onnx")), report.files());
        assertEquals("conv_in", report.quantized().get(0).name());
        assertEquals(Map.of(Slot.WEIGHT, new ExportReport.Codes("INT8", 1, 0.1f)), report.quantized().get(0).slots());
        assertThrows(UnsupportedOperationException.class, () -> report.files().clear());
    }

    @Test
    void anEnginesOperatorsAreInAlphabeticalOrder() {
        Map<String, Integer> operators = new HashMap<>(Map.of("MatMul", 3, "Conv", 1, "Add", 2));
        EngineReport report = new EngineReport(Path.of("e.plan"), List.of(Path.of("e.plan")), "runtime 1.0", "CPU, 2 threads", List.of("a"), List.of(), operators);
        operators.clear();
        assertEquals("{Add=2, Conv=1, MatMul=3}", report.operators().toString());
        assertThrows(UnsupportedOperationException.class, () -> report.operators().clear());
    }

    @Test
    void aRequestKeepsItsOwnMaps() {
        Map<String, Extent> extents = new HashMap<>(Map.of("height", new Extent(1, 2, 3)));
        Map<String, String> options = new HashMap<>(Map.of("threads", "2"));
        var request = new EngineBuilder.Request(Path.of("backbone.onnx"), extents, options);
        extents.clear();
        options.clear();
        assertEquals(Map.of("height", new Extent(1, 2, 3)), request.extents());
        assertEquals(Map.of("threads", "2"), request.options());
    }
}
