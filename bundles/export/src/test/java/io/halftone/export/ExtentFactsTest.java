package io.halftone.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelSignature.Extent;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExtentFactsTest {
    private static final String TEXT = "{\"batch_size\":[2,16,16],\"height\":[128,128,128]}";

    @Test
    void writesDimensionsInTheOrderOfTheirNames() {
        assertEquals(TEXT, new ExtentFacts(Map.of("height", new Extent(128, 128, 128), "batch_size", new Extent(2, 16, 16))).text());
        assertEquals("{}", new ExtentFacts(Map.of()).text());
    }

    @Test
    void readsWhatItWrote() {
        assertEquals(TEXT, ExtentFacts.parse("m.onnx", TEXT).text());
        assertEquals(Map.of(), ExtentFacts.parse("m.onnx", "{}").extents());
    }

    @Test
    void refusesAnythingElse() {
        assertEquals("m.onnx: halftone.extents: found {\"a\":[1,2]}; expected {\"name\":[least,usual,greatest],...}",
            refusal("{\"a\":[1,2]}"));
        assertEquals("m.onnx: halftone.extents: a: extent: found 2, 1, 3; expected 1 <= least <= usual <= greatest",
            refusal("{\"a\":[2,1,3]}"));
    }

    private static String refusal(String text) {
        return assertThrows(EngineException.class, () -> ExtentFacts.parse("m.onnx", text)).getMessage();
    }
}
