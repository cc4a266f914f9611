package io.halftone.testkit;

import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.ops.shape.Meta;
import io.halftone.pipeline.Components;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * The parts of a pipeline for tests of its adapter: models are functions that a test gives, and each token of a text is the
 * text's length; a text counts a token for each of its letters, and one that ends it. Notes which models run.
 *
 * @param <T> a tensor
 */
public final class FakeComponents<T> implements Components<T> {
    private record Part<T>(DType type, UnaryOperator<Values<T>> model) {}

    private final EagerOps<T> ops;
    private final PipelineConfig config;
    private final Map<String, Part<T>> models = new LinkedHashMap<>();
    private final Map<String, Integer> lengths = new LinkedHashMap<>();
    private final List<String> runs = new ArrayList<>();
    private boolean tiled;

    /** Parts of that configuration, none of which has a model or a tokenizer yet. */
    public FakeComponents(EagerOps<T> ops, PipelineConfig config) {
        this.ops = ops;
        this.config = config;
    }

    /** The configuration that a folder of these would have; messages call components by their files in it. */
    public static PipelineConfig config(Map<String, ?> index, Map<String, ? extends Map<String, ?>> components) {
        Map<String, ModelConfig> configs = new LinkedHashMap<>();
        components.forEach((name, values) -> {
            String file = name.equals("scheduler") ? "/scheduler_config.json" : "/config.json";
            configs.put(name, ModelConfig.of(name + file, values));
        });
        return new PipelineConfig(ModelConfig.of("model_index.json", index), configs);
    }

    /**
     * A text encoder of which only shapes are known.
     *
     * @param states the last extent of each output that has a state for every token
     * @param pooled the last extent of each output that has one for the text
     */
    public static UnaryOperator<Values<Meta>> textEncoder(DType type, Map<String, Integer> states, Map<String, Integer> pooled) {
        return inputs -> {
            Shape ids = inputs.get("input_ids").shape();
            Map<String, Meta> outputs = new LinkedHashMap<>();
            states.forEach((name, dim) -> outputs.put(name, new Meta(Shape.of(ids.dim(0).size(), ids.dim(1).size(), dim), type)));
            pooled.forEach((name, dim) -> outputs.put(name, new Meta(Shape.of(ids.dim(0).size(), dim), type)));
            return Values.of(outputs);
        };
    }

    /** A decoder of eight pixels for one latent, of which only shapes are known. */
    public static UnaryOperator<Values<Meta>> decoder(DType type) {
        return inputs -> {
            Shape latents = inputs.get("latent_sample").shape();
            return Values.of("sample",
                new Meta(Shape.of(latents.dim(0).size(), 3, 8 * latents.dim(2).size(), 8 * latents.dim(3).size()), type));
        };
    }

    /** These parts, and a model that computes in that type. */
    public FakeComponents<T> with(String component, DType type, UnaryOperator<Values<T>> model) {
        models.put(component, new Part<>(type, model));
        return this;
    }

    /** These parts, and a tokenizer of texts of that length. */
    public FakeComponents<T> with(String tokenizer, int maxLength) {
        lengths.put(tokenizer, maxLength);
        return this;
    }

    /** These parts, decoding tile by tile. */
    public FakeComponents<T> tiled() {
        tiled = true;
        return this;
    }

    /** The models that ran so far, in order. */
    public List<String> runs() {
        return List.copyOf(runs);
    }

    @Override
    public PipelineConfig config() {
        return config;
    }

    @Override
    public EagerOps<T> ops() {
        return ops;
    }

    @Override
    public DType computeType(String component) {
        return known(models, component).type();
    }

    @Override
    public boolean tiledDecoding() {
        return tiled;
    }

    @Override
    public Tokenizer tokenizer(String component) {
        int most = known(lengths, component);
        return new Tokenizer() {
            @Override
            public int maxLength() {
                return most;
            }

            @Override
            public long[] encode(String text, int length) {
                long[] ids = new long[length];
                Arrays.fill(ids, text.length());
                return ids;
            }

            @Override
            public int count(String text) {
                return text.length() + 1;
            }
        };
    }

    @Override
    public Values<T> run(String component, Values<T> inputs) {
        runs.add(component);
        return known(models, component).model().apply(inputs);
    }

    private static <V> V known(Map<String, V> parts, String component) {
        V part = parts.get(component);
        if (part == null) {
            throw new IllegalArgumentException(component + ": found none; expected one of " + parts.keySet());
        }
        return part;
    }
}
