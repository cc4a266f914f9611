package io.halftone.sd2.internal;

import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.pipeline.Components;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.Tokenizer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A pipeline in which the lengths of texts are their tokens and, as float16, their embeddings; its decoder changes nothing. */
record FakeComponents<T>(EagerOps<T> ops, PipelineConfig config) implements Components<T> {
    static final int TOKENS = 3;

    /** The configuration of a pipeline; a scheduler's is left out where it is null. */
    static PipelineConfig config(Map<String, Object> textEncoder, Map<String, Object> scheduler, Map<String, Object> unet) {
        Map<String, Object> allUnet = new LinkedHashMap<>(Map.of("sample_size", 96, "in_channels", 4));
        allUnet.putAll(unet);
        Map<String, ModelConfig> components = new LinkedHashMap<>();
        components.put("text_encoder", ModelConfig.of("text_encoder/config.json", textEncoder));
        components.put("unet", ModelConfig.of("unet/config.json", allUnet));
        components.put("vae", ModelConfig.of("vae/config.json", Map.of("block_out_channels", List.of(16, 32, 64, 64), "scaling_factor", 0.25)));
        if (scheduler != null) {
            components.put("scheduler", ModelConfig.of("scheduler/scheduler_config.json", scheduler));
        }
        return new PipelineConfig(ModelConfig.of("model_index.json", Map.of()), components);
    }

    @Override
    public DType computeType(String component) {
        return DType.FLOAT16;
    }

    @Override
    public Tokenizer tokenizer(String component) {
        if (!component.equals("tokenizer")) {
            throw new IllegalArgumentException(component);
        }
        return new Tokenizer() {
            @Override
            public int maxLength() {
                return TOKENS;
            }

            @Override
            public long[] encode(String text, int length) {
                long[] ids = new long[length];
                Arrays.fill(ids, text.length());
                return ids;
            }

            @Override
            public int count(String text) {
                return TOKENS;
            }
        };
    }

    @Override
    public Values<T> run(String component, Values<T> inputs) {
        if (component.equals("vae")) {
            return Values.of("sample", inputs.get("latent_sample"));
        }
        T ids = inputs.get("input_ids");
        return Values.of("last_hidden_state",
            ops.reshape(ops.cast(ids, DType.FLOAT16), Shape.of(ops.shape(ids).dim(0).size(), TOKENS, 1)));
    }
}
