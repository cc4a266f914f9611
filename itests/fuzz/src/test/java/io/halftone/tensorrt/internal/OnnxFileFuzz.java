package io.halftone.tensorrt.internal;

import io.halftone.export.EngineException;
import io.halftone.fuzz.Contract;
import io.halftone.fuzz.Scratch;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Exported models as TensorRT's builder looks at them, as far as its library. */
public final class OnnxFileFuzz {
    private static final Path FILE = Scratch.file("x.onnx");

    static {
        Scratch.beside(FILE, "d", new byte[64]);
    }

    private OnnxFileFuzz() {
    }

    /** One input: the file; {@code d} beside it has 64 bytes. */
    public static void fuzzerTestOneInput(byte[] data) {
        Scratch.write(FILE, data);
        Contract.check(() -> {
            OnnxFile model = OnnxFile.read(FILE);
            model.dimensions();
            model.extents();
            model.digest();
            Contract.check(() -> Profile.of(model, Map.of(), BuildOptions.of(Map.of())), List.of(EngineException.class, IllegalArgumentException.class));
        }, List.of(EngineException.class));
    }
}
