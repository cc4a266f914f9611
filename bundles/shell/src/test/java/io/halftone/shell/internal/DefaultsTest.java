package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.api.BackboneChoice;
import io.halftone.api.BuildRequest;
import io.halftone.api.Defaults;
import io.halftone.api.ExportRequest;
import io.halftone.api.GenerateRequest;
import io.halftone.api.PlanRequest;
import io.halftone.api.QuantizeRequest;
import io.halftone.api.SearchRequest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What no option says is as configured. */
class DefaultsTest {
    private final Console console = new Console(Path.of("/data"));

    @BeforeEach
    void configure() {
        console.halftone.formats.add("fp8");
        console.halftone.defaults = new Defaults("fp8", "reference", "", "", "other", "mine", "elsewhere");
    }

    @Test
    void aPlanIsOfTheConfiguredFormatAndPolicy() throws Exception {
        console.run(new PlanCommand(), "--model", "tiny-sdxl");
        PlanRequest request = console.request(PlanRequest.class);
        assertEquals(List.of("fp8", "reference"), List.of(request.settings().format(), request.settings().policy()));
    }

    @Test
    void anOptionComesFirst() throws Exception {
        console.run(new PlanCommand(), "--model", "tiny-sdxl", "--format", "int8", "--policy", "standard");
        PlanRequest request = console.request(PlanRequest.class);
        assertEquals(List.of("int8", "standard"), List.of(request.settings().format(), request.settings().policy()));
    }

    @Test
    void anExportIsMadeByTheConfiguredExporter() throws Exception {
        console.run(new ExportCommand(), "--model", "tiny-sdxl", "--onnx-dir", "onnx");
        assertEquals("other", console.request(ExportRequest.class).exporter());
    }

    @Test
    void anExportInFullPrecisionHasNoQuantizedWeightsToStore() {
        assertEquals("onnx-weights: found it for a model in full precision, which has no quantized weights; expected restore-from too",
            assertThrows(IllegalArgumentException.class, () -> console.run(new ExportCommand(), "--model", "tiny-sdxl", "--onnx-dir", "onnx",
                "--onnx-weights", "qdq")).getMessage());
    }

    @Test
    void workIsDistributedByTheConfiguredDistributor() throws Exception {
        console.run(new QuantizeCommand(), "--model", "tiny-sdxl", "--stats-out", "a");
        assertEquals("elsewhere", console.request(QuantizeRequest.class).work().distributor());
        console.halftone.requests.clear();
        console.run(new AutoCommand(), "--model", "tiny-sdxl", "--recipe", "r.yaml", "--target-psnr", "30", "--distribute", "in-process");
        assertEquals("in-process", console.request(SearchRequest.class).work().distributor());
    }

    @Test
    void anEngineIsBuiltAndRunByTheConfiguredOne() throws Exception {
        console.run(new BuildCommand(), "--onnx-dir", "onnx");
        assertEquals("mine", console.request(BuildRequest.class).engine());
        console.halftone.requests.clear();
        console.run(new GenerateCommand(), "--model", "tiny-sdxl", "--prompt", "x", "--onnx-load-path", "onnx");
        assertEquals("mine", ((BackboneChoice.OnEngine) console.request(GenerateRequest.class).backbone()).engine());
        console.halftone.requests.clear();
        console.run(new GenerateCommand(), "--model", "tiny-sdxl", "--prompt", "x", "--engine", "onnxruntime");
        BackboneChoice.Built built = (BackboneChoice.Built) console.request(GenerateRequest.class).backbone();
        assertEquals(List.of("onnxruntime", "other"), List.of(built.engine(), built.exporter()));
    }
}
