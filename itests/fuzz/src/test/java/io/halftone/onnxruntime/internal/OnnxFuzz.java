package io.halftone.onnxruntime.internal;

import ai.onnx.proto.OnnxMl.ModelProto;
import io.halftone.export.EngineException;
import io.halftone.export.MultiplyAdds;
import io.halftone.fuzz.Contract;
import io.halftone.onnx.proto.ModelFileFuzz;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Exported models and engine files of ONNX Runtime, as far as its library. */
public final class OnnxFuzz {
    private OnnxFuzz() {
    }

    /** One input: the file. */
    public static void fuzzerTestOneInput(byte[] data) {
        ModelProto model = ModelFileFuzz.model(data);
        if (model != null) {
            Contract.check(() -> {
                ModelGraph graph = new ModelGraph(model);
                graph.verify(Path.of("x.onnx"));
                graph.quantizedLayers();
                graph.operators();
                graph.facts("halftone.engine.integer_layers");
                MultiplyAdds.of(graph.metadata()).share(Map.of(), name -> true);
                Separation.apply(Widening.apply(graph));
            }, List.of(EngineException.class));
        }
    }
}
