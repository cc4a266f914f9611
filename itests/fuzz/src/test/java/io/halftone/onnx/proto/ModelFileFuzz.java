package io.halftone.onnx.proto;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.halftone.export.EngineException;
import io.halftone.fuzz.Contract;
import io.halftone.fuzz.Scratch;
import java.nio.file.Path;
import java.util.List;

/** Exported models; their external data lies in a file {@code d} of 64 bytes beside them. */
public final class ModelFileFuzz {
    private static final Path PATH = Scratch.file("x.onnx");

    static {
        Scratch.beside(PATH, "d", new byte[64]);
    }

    private ModelFileFuzz() {
    }

    /** The model in the bytes, checked; null if they are refused. */
    public static ModelProto model(byte[] data) {
        ModelProto[] model = new ModelProto[1];
        Contract.check(() -> {
            ModelProto parsed;
            try {
                parsed = ModelProto.parseFrom(data);
            } catch (InvalidProtocolBufferException e) {
                return;
            }
            model[0] = ModelFile.of(PATH, parsed).model();
        }, List.of(EngineException.class));
        return model[0];
    }
}
