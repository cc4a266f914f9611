package io.halftone.sd3.internal;

import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.ops.shape.Meta;
import io.halftone.pipeline.Components;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.Tokenizer;
import io.halftone.testkit.CheckpointFiles;
import io.halftone.testkit.ShapeEagerOps;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A pipeline whose models only know the shapes of their outputs, and whose tokens are the lengths of texts. */
final class FakeComponents implements Components<Meta> {
    static final int CLIP_TOKENS = 5;

    final ShapeEagerOps ops = new ShapeEagerOps();
    final List<String> runs = new ArrayList<>();
    private final PipelineConfig config;

    FakeComponents(boolean t5, Map<String, Object> vae) {
        Map<String, Object> allVae = new LinkedHashMap<>(Map.of("block_out_channels", List.of(16, 32, 64, 64), "scaling_factor", 0.25));
        allVae.putAll(vae);
        Map<String, ModelConfig> components = new LinkedHashMap<>();
        components.put("text_encoder", ModelConfig.of("text_encoder/config.json", Map.of("num_hidden_layers", 3)));
        components.put("text_encoder_2", ModelConfig.of("text_encoder_2/config.json", Map.of("num_hidden_layers", 4)));
        if (t5) {
            components.put("text_encoder_3", ModelConfig.of("text_encoder_3/config.json", Map.of()));
        }
        components.put("transformer", CheckpointFiles.config(FakeComponents.class, "tiny-sd3-transformer-config.json"));
        components.put("vae", ModelConfig.of("vae/config.json", allVae));
        config = new PipelineConfig(ModelConfig.of("model_index.json", Map.of()), components);
    }

    @Override
    public PipelineConfig config() {
        return config;
    }

    @Override
    public EagerOps<Meta> ops() {
        return ops;
    }

    @Override
    public DType computeType(String component) {
        return component.equals("text_encoder") ? DType.FLOAT16 : DType.FLOAT32;
    }

    @Override
    public Tokenizer tokenizer(String component) {
        return new Tokenizer() {
            @Override
            public int maxLength() {
                return component.equals("tokenizer_3") ? 512 : CLIP_TOKENS;
            }

            @Override
            public long[] encode(String text, int length) {
                long[] ids = new long[length];
                Arrays.fill(ids, text.length());
                return ids;
            }

            @Override
            public int count(String text) {
                return maxLength();
            }
        };
    }

    /** States of 6 and 8 elements, where only those of the layer before the last are given; projections of 3 and 4; T5's 112. */
    @Override
    public Values<Meta> run(String component, Values<Meta> inputs) {
        runs.add(component);
        if (component.equals("vae")) {
            Shape latents = inputs.get("latent_sample").shape();
            return Values.of("sample", new Meta(Shape.of(latents.dim(0).size(), 3, 8 * latents.dim(2).size(), 8 * latents.dim(3).size()),
                DType.FLOAT16));
        }
        DType type = computeType(component);
        Shape ids = inputs.get("input_ids").shape();
        long batch = ids.dim(0).size();
        long tokens = ids.dim(1).size();
        return switch (component) {
            case "text_encoder" -> Values.of("hidden_states.2", new Meta(Shape.of(batch, tokens, 6), type))
                .and("text_embeds", new Meta(Shape.of(batch, 3), type));
            case "text_encoder_2" -> Values.of("hidden_states.3", new Meta(Shape.of(batch, tokens, 8), type))
                .and("text_embeds", new Meta(Shape.of(batch, 4), type));
            default -> Values.of("last_hidden_state", new Meta(Shape.of(batch, tokens, 112), type));
        };
    }
}
