package io.halftone.tensorrt.internal;

import io.halftone.export.EngineException;
import io.halftone.fuzz.Contract;
import io.halftone.fuzz.Scratch;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** What stands beside an engine file of TensorRT: its description, and the library's list of layers. */
public final class EngineFilesFuzz {
    private static final Path DESCRIPTION = Scratch.file("x.plan.json");
    private static final Path ENGINE = DESCRIPTION.resolveSibling("x.plan");

    private EngineFilesFuzz() {
    }

    /** One input: the file. */
    public static void fuzzerTestOneInput(byte[] data) {
        Scratch.write(DESCRIPTION, data);
        Contract.check(() -> Sidecar.read(ENGINE).key(), List.of(EngineException.class));
        Contract.check(() -> EngineLayer.of(new String(data, StandardCharsets.UTF_8)).forEach(layer -> {
            layer.precision();
            layer.multiplies();
        }), List.of(EngineException.class));
    }
}
