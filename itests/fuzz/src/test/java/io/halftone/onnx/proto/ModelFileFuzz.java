package io.halftone.onnx.proto;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.halftone.export.EngineException;
import io.halftone.fuzz.Contract;
import java.nio.file.Path;
import java.util.List;

/** Exported models. */
public final class ModelFileFuzz {
    private static final Path PATH = Path.of("no folder/x.onnx").toAbsolutePath();

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
