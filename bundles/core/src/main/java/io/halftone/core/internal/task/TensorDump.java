package io.halftone.core.internal.task;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** Tensors of a run, kept as float32 on the host and written at its end; keeps nothing where nothing is to be written. */
final class TensorDump<T> {
    private final EagerOps<T> ops;
    private final boolean keeps;
    private final Map<String, TensorView> tensors = new TreeMap<>();

    TensorDump(EagerOps<T> ops, boolean keeps) {
        this.ops = ops;
        this.keeps = keeps;
    }

    void keep(String name, T tensor) {
        if (keeps) {
            tensors.put(name, TensorView.ofFloats(ops.toFloats(tensor), ops.shape(tensor).sizes()));
        }
    }

    void write(Path target, Map<String, String> metadata) throws IOException {
        Map<String, Parameters.Info> infos = new TreeMap<>();
        tensors.forEach((name, view) -> infos.put(name, new Parameters.Info(DType.FLOAT32, view.shape())));
        try (SafetensorsWriter writer = SafetensorsWriter.create(target, infos, metadata)) {
            for (String name : writer.names()) {
                writer.write(name, tensors.get(name));
            }
            writer.commit();
        }
    }
}
