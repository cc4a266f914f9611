package io.halftone.export;

import io.halftone.fuzz.Contract;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** Facts that an exported model has with it: extents, and expressions of multiply-adds. */
public final class FactsFuzz {
    private FactsFuzz() {
    }

    /** One input: the fact. */
    public static void fuzzerTestOneInput(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        Contract.check(() -> ExtentFacts.parse("x", text), List.of(EngineException.class));
        Contract.check(() -> MultiplyAdds.of(Map.of(MultiplyAdds.FACT, text)).share(Map.of("h", 64L), name -> true), List.of(EngineException.class));
    }
}
