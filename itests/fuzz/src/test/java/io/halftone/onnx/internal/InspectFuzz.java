package io.halftone.onnx.internal;

import io.halftone.fuzz.Contract;
import io.halftone.fuzz.Scratch;
import java.nio.file.Path;
import java.util.List;

/** ONNX models of any producer, as {@code inspect} reads them: field by field, and past the bytes of tensors. */
public final class InspectFuzz {
    private static final Path FILE = Scratch.file("x.onnx");
    private static final OnnxInspector INSPECTOR = new OnnxInspector();

    static {
        Scratch.beside(FILE, "d", new byte[64]);
    }

    private InspectFuzz() {
    }

    /** One input: the file; {@code d} beside it has 64 bytes. */
    public static void fuzzerTestOneInput(byte[] data) {
        Scratch.write(FILE, data);
        Contract.check(() -> INSPECTOR.inspect(FILE), List.of(IllegalArgumentException.class));
    }
}
