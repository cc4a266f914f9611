package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.api.JobException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class InspectCommandTest {
    private final Console console = new Console(Path.of("/data"));

    @Test
    void tellsWhatAModelHolds() throws Exception {
        String text = console.run(new InspectCommand(), "onnx");

        assertEquals(List.of("inspect /data/onnx"), console.halftone.requests);
        List<String> lines = text.lines().toList();
        assertEquals(List.of(
            "file          /data/onnx/backbone.onnx (0.5 MB)",
            "format        IR 9, opset 19, trt 1",
            "producer      halftone",
            "input         sample FLOAT [batch_size, 4, ?]",
            "output        out_sample FLOAT []",
            "weights       3 tensors, 1200 elements, 0.0 MB in the file, 2.0 MB beside it",
            "              FLOAT 2.0 MB",
            "data          backbone.onnx_data: 2 tensors, 2.0 MB",
            "quantized     weights 2 INT8; Q/DQ pairs none",
            "recipe        00ff of a UNet2DConditionModel",
            "extent        batch_size 2 to 16, usually 4",
            "multiply-adds  1.23e+06 at the usual extents",
            "option        ids-rank 3",
            "metadata      halftone {}",
            "operators     5 nodes"), lines.subList(0, 15));
        assertTrue(text.matches("(?s).*Conv +[|│] 3.*MatMul +[|│] 2.*"), text);
    }

    @Test
    void printsOneObject() throws Exception {
        var json = Console.parse(console.run(new InspectCommand(), "--json", "onnx/backbone.onnx"));

        assertEquals("/data/onnx/backbone.onnx", json.get("file").textValue());
        assertEquals(19, json.get("opsets").get("").intValue());
        assertEquals("batch_size", json.get("inputs").get(0).get("dims").get(0).textValue());
        assertEquals(2_000_000, json.get("weights").get("files").get(0).get("found").intValue());
        assertEquals("[2,4,16]", json.get("extents").get("batch_size").toString());
        assertEquals("[]", json.get("problems").toString());
    }

    @Test
    void failsForAProblem() {
        console.halftone.problems = List.of("backbone.onnx_data: found no such file beside the model; expected it");

        assertEquals("inspect: found 1 problem; expected none",
            assertThrows(JobException.class, () -> console.run(new InspectCommand(), "x.onnx")).getMessage());
    }
}
