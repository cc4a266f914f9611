package io.halftone.core.internal.evaluate;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.halftone.core.internal.Plugins;
import io.halftone.core.internal.plan.Scan;
import io.halftone.core.internal.quantize.Digests;
import io.halftone.imaging.Picture;
import io.halftone.metrics.ClipScore;
import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Parameters;
import io.halftone.ops.Scope;
import io.halftone.ops.Shape;
import io.halftone.ops.TensorView;
import io.halftone.ops.Values;
import io.halftone.pipeline.Tokenizer;
import io.halftone.safetensors.Safetensors;
import io.halftone.safetensors.SafetensorsFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A CLIP model's folder as transformers saves it: {@code config.json}, {@code model.safetensors}, and the tokenizer's files. */
final class ClipModel implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> VALUES = new TypeReference<>() { };

    private final ModelConfig config;
    private final ModelAdapter adapter;
    private final Tokenizer tokenizer;
    private final Safetensors parameters;
    private final String digest;

    private ClipModel(ModelConfig config, ModelAdapter adapter, Tokenizer tokenizer, Safetensors parameters, String digest) {
        this.config = config;
        this.adapter = adapter;
        this.tokenizer = tokenizer;
        this.parameters = parameters;
        this.digest = digest;
    }

    /**
     * Opens a folder and checks its weights.
     *
     * @throws IllegalArgumentException if no adapter or tokenizer is of its classes
     */
    static ClipModel open(Path folder, Plugins plugins) throws IOException {
        ModelConfig config = config(folder.resolve("config.json"));
        ModelAdapter adapter = plugins.models().get(config.className());
        Scan scan = Scan.of(adapter, config);
        if (scan.signature().outputs().stream().noneMatch(port -> port.name().equals("image_embeds"))) {
            throw new IllegalArgumentException(folder + ": found a " + config.className()
                + "; expected a CLIPModel, which embeds pictures too");
        }
        Tokenizer tokenizer = plugins.tokenizers().get(config(folder.resolve("tokenizer_config.json")).string("tokenizer_class",
            "CLIPTokenizer"))
            .load(folder);
        Path file = SafetensorsFiles.find(folder, List.of("model"));
        Safetensors parameters = SafetensorsFiles.open(file);
        try {
            scan.check(file.toString(), parameters, true, Set.of());
            return new ClipModel(config, adapter, tokenizer, parameters, Digests.sha256(file));
        } catch (IOException | RuntimeException e) {
            parameters.close();
            throw e;
        }
    }

    private static ModelConfig config(Path file) throws IOException {
        JsonNode node = EvaluationFolder.read(file);
        if (!node.isObject()) {
            throw new IllegalArgumentException(file + ": found " + node.getNodeType() + "; expected a JSON object");
        }
        return ModelConfig.of(file.toString(), JSON.convertValue(node, VALUES));
    }

    Parameters parameters() {
        return parameters;
    }

    /** SHA-256 of the weights' file, or of the index of its shards. */
    String digest() {
        return digest;
    }

    /** The score of a picture and a text. */
    <T> double score(EagerOps<T> ops, Picture picture, String text) {
        float[][] embeds = new float[2][];
        ops.region("", () -> {
            int size = Math.toIntExact(adapter.signature(config).inputs().stream().filter(port -> port.name().equals("pixel_values")).findFirst()
                .orElseThrow().shape().dim(2).size());
            long[] ids = tokenizer.encode(text, tokenizer.maxLength());
            Values<T> outputs = adapter.forward(new Scope<>(ops), config, Values.of(Map.of(
                "input_ids", ops.load(TensorView.ofLongs(ids, 1, ids.length)),
                "pixel_values", ops.constant(ClipScore.pixels(picture, size), Shape.of(1, 3, size, size), ops.computeType()))));
            embeds[0] = ops.toFloats(outputs.get("image_embeds"));
            embeds[1] = ops.toFloats(outputs.get("text_embeds"));
            return List.of();
        });
        return ClipScore.of(embeds[0], embeds[1]);
    }

    @Override
    public void close() {
        parameters.close();
    }
}
