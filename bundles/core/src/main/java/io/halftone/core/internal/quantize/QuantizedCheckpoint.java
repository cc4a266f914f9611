package io.halftone.core.internal.quantize;

import io.halftone.core.internal.job.Monitor;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.quant.LayerState;
import io.halftone.safetensors.SafetensorsFile;
import io.halftone.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A quantized backbone as one safetensors file: the model's tensors, smoothed where they were, and beside each quantized
 * layer's its {@code input_quantizer._amax}, {@code weight_quantizer._amax} and {@code input_quantizer._pre_quant_scale} in
 * float32; the recipe is in the metadata.
 */
public final class QuantizedCheckpoint implements AutoCloseable {
    private static final String QUANTIZER = "_quantizer._";

    private final SafetensorsFile file;
    private final QuantizedModel model;

    private QuantizedCheckpoint(SafetensorsFile file, QuantizedModel model) {
        this.file = file;
        this.model = model;
    }

    /** Writes a model, one tensor at a time; the file appears when it is whole. */
    static void write(QuantizedModel model, Path target, Monitor monitor) throws IOException {
        Map<String, float[]> vectors = new TreeMap<>();
        for (LayerState state : model.states()) {
            state.ranges().forEach((slot, range) -> vectors.put(state.layer() + "." + slot.suffix() + "._amax", range.amax()));
            state.vectors().forEach((name, vector) -> {
                if (!name.contains(QUANTIZER)) {
                    throw new IllegalStateException(state.layer() + ": found a vector " + name + "; expected a name with " + QUANTIZER
                        + ", which tells it from the model's own tensors");
                }
                vectors.put(state.layer() + "." + name, vector);
            });
        }
        Map<String, Parameters.Info> tensors = new TreeMap<>();
        model.parameters().names().forEach(name -> tensors.put(name, model.parameters().info(name)));
        vectors.forEach((name, vector) -> tensors.put(name, new Parameters.Info(DType.FLOAT32, new long[] {vector.length})));
        Map<String, String> metadata = Map.of("format", "pt", Recipe.KEY, model.recipe().json());
        try (SafetensorsWriter writer = SafetensorsWriter.create(target, tensors, metadata)) {
            int done = 0;
            for (String name : writer.names()) {
                float[] vector = vectors.get(name);
                writer.write(name, vector == null ? model.parameters().read(name) : TensorView.ofFloats(vector, vector.length));
                monitor.progress("checkpoint", ++done, tensors.size(), "tensor");
            }
            writer.commit();
        }
    }

    /**
     * Opens a checkpoint.
     *
     * @throws CheckpointException if it is not one of ours
     */
    public static QuantizedCheckpoint open(Path path) {
        SafetensorsFile file = SafetensorsFile.open(path);
        try {
            String json = file.metadata().get(Recipe.KEY);
            if (json == null) {
                throw new CheckpointException(path + ": found a safetensors file without a recipe; expected a checkpoint that quantize wrote");
            }
            Recipe recipe = Recipe.parse(path.toString(), json);
            var states = recipe.states(path.toString(), name -> {
                Parameters.Info info = file.info(name);
                if (info.dtype() != DType.FLOAT32 || info.shape().length != 1) {
                    throw new CheckpointException(path + ": " + name + ": found " + info + "; expected a FLOAT32 vector");
                }
                return file.read(name).toFloats();
            });
            return new QuantizedCheckpoint(file, new QuantizedModel(recipe, states, new ModelTensors(file)));
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The model; valid until this is closed. */
    public QuantizedModel model() {
        return model;
    }

    @Override
    public void close() {
        file.close();
    }

    /** The file's tensors without those of quantizers. */
    private record ModelTensors(Parameters file) implements Parameters {
        @Override
        public Set<String> names() {
            Set<String> names = new TreeSet<>(file.names());
            names.removeIf(name -> name.contains(QUANTIZER));
            return names;
        }

        @Override
        public Info info(String name) {
            return file.info(name);
        }

        @Override
        public TensorView read(String name) {
            return file.read(name);
        }
    }
}
