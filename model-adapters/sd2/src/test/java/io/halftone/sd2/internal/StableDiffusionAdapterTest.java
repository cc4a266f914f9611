package io.halftone.sd2.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelAdapter;
import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.ops.Values;
import io.halftone.ops.shape.Meta;
import io.halftone.pipeline.Conditioning;
import io.halftone.pipeline.PipelineAdapter;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.PromptBatch;
import io.halftone.testkit.FakeComponents;
import io.halftone.testkit.PipelineAdapterContract;
import io.halftone.testkit.ShapeEagerOps;
import io.halftone.testkit.Tensors;
import io.halftone.unet.internal.UNet2DConditionAdapter;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StableDiffusionAdapterTest extends PipelineAdapterContract {
    private static final int TOKENS = 3;
    private static final PipelineConfig CONFIG = config(Map.of(), Map.of("clip_sample", false, "steps_offset", 1), Map.of());
    private static final List<String> NO_NEGATIVES = List.of("", "");

    private final StableDiffusionAdapter adapter = new StableDiffusionAdapter();

    /** The configuration of a pipeline; a scheduler's is left out where it is null. */
    private static PipelineConfig config(Map<String, Object> textEncoder, Map<String, Object> scheduler, Map<String, Object> unet) {
        Map<String, Object> allUnet = new LinkedHashMap<>(Map.of("sample_size", 96, "in_channels", 4));
        allUnet.putAll(unet);
        Map<String, Map<String, Object>> configs = new LinkedHashMap<>();
        configs.put("text_encoder", textEncoder);
        configs.put("unet", allUnet);
        configs.put("vae", Map.of("block_out_channels", List.of(16, 32, 64, 64), "scaling_factor", 0.25));
        if (scheduler != null) {
            configs.put("scheduler", scheduler);
        }
        return FakeComponents.config(Map.of(), configs);
    }

    /** The lengths of texts, as float16, are their embeddings; the decoder changes nothing. */
    private static <T> FakeComponents<T> components(EagerOps<T> ops, PipelineConfig config) {
        return new FakeComponents<>(ops, config).with("tokenizer", TOKENS)
            .with("vae", DType.FLOAT16, inputs -> Values.of("sample", inputs.get("latent_sample")))
            .with("text_encoder", DType.FLOAT16, inputs -> {
                T ids = inputs.get("input_ids");
                return Values.of("last_hidden_state",
                    ops.reshape(ops.cast(ids, DType.FLOAT16), Shape.of(ops.shape(ids).dim(0).size(), TOKENS, 1)));
            });
    }

    @Override
    protected PipelineAdapter pipeline() {
        return adapter;
    }

    @Override
    protected ModelAdapter backbone() {
        return new UNet2DConditionAdapter();
    }

    @Override
    protected FakeComponents<Meta> fittingParts() {
        Map<String, Object> unet = Map.of("sample_size", 8, "block_out_channels", List.of(32, 64), "layers_per_block", 1,
            "down_block_types", List.of("CrossAttnDownBlock2D", "DownBlock2D"),
            "up_block_types", List.of("UpBlock2D", "CrossAttnUpBlock2D"), "cross_attention_dim", 24, "norm_num_groups", 8);
        return new FakeComponents<>(new ShapeEagerOps(), config(Map.of(), null, unet)).with("tokenizer", TOKENS)
            .with("text_encoder", DType.FLOAT32, FakeComponents.textEncoder(DType.FLOAT32, Map.of("last_hidden_state", 24), Map.of()))
            .with("vae", DType.FLOAT16, FakeComponents.decoder(DType.FLOAT16));
    }

    @Test
    void isUsedAsDiffusersDoesWhereNothingIsSaid() {
        assertEquals(new PipelineSpec("unet", List.of("text_encoder", "unet", "vae"), 4, 8, 8, 768, 768, 50, 7.5, 1, false), adapter.spec(CONFIG));
    }

    @Test
    void takesASampleSizeForEachSide() {
        PipelineSpec spec = adapter.spec(config(Map.of(), null, Map.of("sample_size", List.of(48, 64))));
        assertEquals(384, spec.height());
        assertEquals(512, spec.width());
    }

    @Test
    void refusesAPipelineWithoutItsTextEncoder() {
        var components = new HashMap<>(CONFIG.components());
        components.remove("text_encoder");
        assertRefused("model_index.json: component text_encoder: found none; expected one beside [scheduler, unet, vae]",
            new PipelineConfig(CONFIG.index(), components));
    }

    @Test
    void refusesATextEncoderThatMasks() {
        assertRefused("text_encoder/config.json: use_attention_mask: found true; expected one of [false]",
            config(Map.of("use_attention_mask", true), null, Map.of()));
    }

    @Test
    void refusesASchedulerThatClips() {
        assertRefused("scheduler/scheduler_config.json: clip_sample: found true; expected one of [false]",
            config(Map.of(), Map.of("clip_sample", true), Map.of()));
    }

    @Test
    void refusesASchedulerWithAnotherOffset() {
        assertRefused("scheduler/scheduler_config.json: steps_offset: found 0; expected 1",
            config(Map.of(), Map.of("steps_offset", 0), Map.of()));
    }

    private void assertRefused(String message, PipelineConfig config) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> adapter.spec(config)).getMessage());
    }

    @Test
    void putsTheNegativeHalfFirst() {
        Encoded encoded = encode(7.5, List.of("no", "never"), Map.of());
        assertTrue(encoded.guided);
        assertEquals(Shape.of(4, TOKENS, 1), encoded.shape);
        assertArrayEquals(new float[] {2, 2, 2, 5, 5, 5, 3, 3, 3, 6, 6, 6}, encoded.states);
        assertArrayEquals(new float[] {3, 3, 3, 6, 6, 6}, encoded.promptEmbeds);
    }

    @Test
    void encodesAnEmptyNegativePromptLikeAnyOther() {
        assertArrayEquals(new float[] {0, 0, 0, 0, 0, 0, 3, 3, 3, 6, 6, 6}, encode(7.5, NO_NEGATIVES, Map.of()).states);
    }

    @Test
    void runsUnguidedAtAScaleOfOne() {
        Encoded encoded = encode(1, List.of("no", "never"), Map.of());
        assertFalse(encoded.guided);
        assertArrayEquals(new float[] {3, 3, 3, 6, 6, 6}, encoded.states);
    }

    @Test
    void runsUnguidedWhereTheModelEmbedsGuidance() {
        assertFalse(encode(7.5, NO_NEGATIVES, Map.of("time_cond_proj_dim", 256)).guided);
    }

    /** What two prompts, 3 and 6 letters long, became. */
    private record Encoded(boolean guided, Shape shape, float[] states, float[] promptEmbeds) {}

    private Encoded encode(double guidance, List<String> negatives, Map<String, Object> unet) {
        var config = config(Map.of(), null, unet);
        return Tensors.run(DType.FLOAT16, new Tensors.Work<Encoded>() {
            @Override
            public <T> Encoded with(EagerOps<T> ops) {
                Conditioning<T> made = adapter.encode(components(ops, config),
                    new PromptBatch(List.of("dog", "donkey"), negatives, guidance, 96, 128));
                T states = made.inputs().get("encoder_hidden_states");
                return new Encoded(made.guided(), ops.shape(states), ops.toFloats(states), ops.toFloats(made.promptEmbeds()));
            }
        });
    }

    @Test
    void givesTheBackboneItsInputsInItsOrderAndType() {
        Tensors.run(DType.FLOAT32, new Tensors.Work<Void>() {
            @Override
            public <T> Void with(EagerOps<T> ops) {
                Conditioning<T> conditioning = adapter.encode(components(ops, CONFIG),
                    new PromptBatch(List.of("dog"), List.of(""), 1, 8, 8));
                T latents = ops.constant(new float[4], Shape.of(1, 4, 1, 1), DType.FLOAT32);
                var inputs = adapter.inputs(ops, conditioning, latents, 981);
                assertEquals(List.of("sample", "timestep", "encoder_hidden_states"), List.copyOf(inputs.names()));
                assertSame(latents, inputs.get("sample"));
                assertArrayEquals(new float[] {981}, ops.toFloats(inputs.get("timestep")));
                assertEquals(DType.FLOAT32, ops.dtype(inputs.get("encoder_hidden_states")));
                assertSame(latents, adapter.prediction(ops, latents, latents));
                return null;
            }
        });
    }

    @Test
    void undoesTheScaleOfLatentsAndClampsPictures() {
        float[] pictures = Tensors.run(DType.FLOAT32, new Tensors.Work<float[]>() {
            @Override
            public <T> float[] with(EagerOps<T> ops) {
                T latents = ops.constant(new float[] {0, 0.125f, -1, 1}, Shape.of(1, 4, 1, 1), DType.FLOAT32);
                return ops.toFloats(adapter.decode(components(ops, CONFIG), latents));
            }
        });
        assertArrayEquals(new float[] {0.5f, 0.75f, 0, 1}, pictures);
    }
}
