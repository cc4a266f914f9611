package io.halftone.lora;

import io.halftone.model.ModelAdapter;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.safetensors.SafetensorsWriter;
import io.halftone.testkit.CheckpointFiles;
import io.halftone.testkit.ShapePass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** Tensors, files and the parameters of published models. */
final class Samples {
    private Samples() {}

    /** Values from a seed, about as large as weights are. */
    static TensorView random(long seed, DType dtype, long... shape) {
        Random random = new Random(seed);
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) TensorView.byteLength(dtype, shape)).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < bytes.limit(); at += dtype.bytes()) {
            Rounding.put(dtype, bytes, at, random.nextGaussian());
        }
        return TensorView.host(dtype, shape, bytes);
    }

    static TensorView scalar(double value) {
        return TensorView.ofFloats(new float[] {(float) value});
    }

    static Path write(Path file, Map<String, TensorView> tensors) {
        return write(file, tensors, Map.of());
    }

    static Path write(Path file, Map<String, TensorView> tensors, Map<String, String> metadata) {
        Map<String, Parameters.Info> infos = new TreeMap<>();
        tensors.forEach((name, tensor) -> infos.put(name, new Parameters.Info(tensor.dtype(), tensor.shape())));
        try (var writer = SafetensorsWriter.create(file, infos, metadata)) {
            for (var tensor : tensors.entrySet()) {
                writer.write(tensor.getKey(), tensor.getValue());
            }
            writer.commit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A checkpoint in memory. */
    static Parameters parameters(Map<String, TensorView> tensors) {
        return new Parameters() {
            @Override
            public Set<String> names() {
                return new TreeMap<>(tensors).keySet();
            }

            @Override
            public Info info(String name) {
                return new Info(tensors.get(name).dtype(), tensors.get(name).shape());
            }

            @Override
            public TensorView read(String name) {
                return tensors.get(name);
            }
        };
    }

    /** The names and shapes that an adapter asks for; no tensor can be read. */
    static Parameters published(ModelAdapter adapter, String config) {
        Map<String, Shape> shapes =
            new TreeMap<>(ShapePass.symbolic(adapter, CheckpointFiles.config(Samples.class, config), DType.FLOAT16).parameters());
        return new Parameters() {
            @Override
            public Set<String> names() {
                return shapes.keySet();
            }

            @Override
            public Info info(String name) {
                return new Info(DType.FLOAT16, shapes.get(name).sizes());
            }

            @Override
            public TensorView read(String name) {
                throw new UnsupportedOperationException(name);
            }
        };
    }
}
