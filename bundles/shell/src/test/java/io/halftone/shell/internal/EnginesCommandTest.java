package io.halftone.shell.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class EnginesCommandTest {
    private final Console console = new Console(Path.of("/data"));

    @Test
    void listsWhatIsKept() throws Exception {
        String text = console.run(new EnginesCommand());
        assertTrue(text.matches("(?s).*engines +[|│] 5.0 MB +[|│] 1970-01-01T00:00:00Z +[|│] fake +[|│] /cache/engines/ab.*"), text);
        assertEquals(List.of(""), console.halftone.requests);
    }

    @Test
    void tellsEntriesFromOneAnother() {
        assertEquals("tensorrt, FLOAT16, recipe 67ece36c69ab", EnginesCommand.origin(List.of("engine: tensorrt, format 3; level 4", "recipe: 67ece36c69abb8b0",
            "type: FLOAT16")));
        assertEquals("BFLOAT16, full precision", EnginesCommand.origin(List.of("synthetic: ", "type: BFLOAT16")));
        assertEquals("onnxruntime, /o: a/backbone.onnx", EnginesCommand.origin(List.of("engine: onnxruntime, 1.28", "path: /o: a/backbone.onnx")));
        assertEquals("", EnginesCommand.origin(List.of()));
    }

    @Test
    void removesItAndSaysWhat() throws Exception {
        var json = console.json(new EnginesCommand(), "--clear", "--engine-cache", "c");
        assertEquals(List.of("clear /data/c"), console.halftone.requests);
        assertEquals("/cache/engines/ab", json.get("removed").get(0).get("folder").textValue());
        assertEquals("engine: fake", json.get("removed").get(0).get("facts").get(0).textValue());
        assertEquals(5_000_000, json.get("bytes").longValue());
    }
}
