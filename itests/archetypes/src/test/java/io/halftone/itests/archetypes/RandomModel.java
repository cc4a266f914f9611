package io.halftone.itests.archetypes;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.safetensors.SafetensorsWriter;
import io.halftone.testkit.CheckpointFiles;
import io.halftone.testkit.ShapePass;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A pipeline folder that is another's, but for a backbone of a plugin's architecture with random weights. */
final class RandomModel {
    private RandomModel() {}

    /**
     * Writes the folder.
     *
     * @param pipeline another, whose backbone is in {@code unet}
     * @param config   of the backbone that takes its place
     */
    static void write(Path pipeline, ModelAdapter adapter, Path config, Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(pipeline)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                Path target = folder.resolve(pipeline.relativize(file).toString());
                if (!target.startsWith(folder.resolve("unet"))) {
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
            }
        }
        Path unet = Files.createDirectories(folder.resolve("unet"));
        Files.copy(config, unet.resolve("config.json"));
        ModelConfig read = CheckpointFiles.config(config);
        Map<String, Shape> shapes = ShapePass.symbolic(adapter, read, DType.FLOAT32).parameters();
        Map<String, Parameters.Info> infos = new TreeMap<>();
        shapes.forEach((name, shape) -> infos.put(name, new Parameters.Info(DType.FLOAT32, shape.sizes())));
        Random random = new Random(1);
        try (SafetensorsWriter writer = SafetensorsWriter.create(unet.resolve("diffusion_pytorch_model.safetensors"), infos, Map.of("format", "pt"))) {
            for (String name : writer.names()) {
                Shape shape = shapes.get(name);
                int count = Math.toIntExact(shape.count().size());
                double scale = Math.sqrt(shape.dim(0).size() / (double) count);
                float[] values = new float[count];
                for (int i = 0; i < count; i++) {
                    values[i] = shape.rank() == 1 ? name.endsWith(".bias") ? 0 : 1 : (float) (random.nextGaussian() * scale);
                }
                writer.write(name, TensorView.ofFloats(values, shape.sizes()));
            }
            writer.commit();
        }
    }
}
