package io.halftone.sd2.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.EagerOps;
import io.halftone.ops.Shape;
import io.halftone.pipeline.Conditioning;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.PromptBatch;
import io.halftone.testkit.Tensors;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StableDiffusionAdapterTest {
    private static final PipelineConfig CONFIG = FakeComponents.config(Map.of(), Map.of("clip_sample", false, "steps_offset", 1), Map.of());
    private static final List<String> NO_NEGATIVES = List.of("", "");

    private final StableDiffusionAdapter adapter = new StableDiffusionAdapter();

    @Test
    void isUsedAsDiffusersDoesWhereNothingIsSaid() {
        assertEquals(new PipelineSpec("unet", List.of("text_encoder", "unet", "vae"), 4, 8, 8, 768, 768, 50, 7.5, 1), adapter.spec(CONFIG));
    }

    @Test
    void takesASampleSizeForEachSide() {
        PipelineSpec spec = adapter.spec(FakeComponents.config(Map.of(), null, Map.of("sample_size", List.of(48, 64))));
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
            FakeComponents.config(Map.of("use_attention_mask", true), null, Map.of()));
    }

    @Test
    void refusesASchedulerThatClips() {
        assertRefused("scheduler/scheduler_config.json: clip_sample: found true; expected one of [false]",
            FakeComponents.config(Map.of(), Map.of("clip_sample", true), Map.of()));
    }

    @Test
    void refusesASchedulerWithAnotherOffset() {
        assertRefused("scheduler/scheduler_config.json: steps_offset: found 0; expected 1",
            FakeComponents.config(Map.of(), Map.of("steps_offset", 0), Map.of()));
    }

    private void assertRefused(String message, PipelineConfig config) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> adapter.spec(config)).getMessage());
    }

    @Test
    void putsTheNegativeHalfFirst() {
        Encoded encoded = encode(7.5, List.of("no", "never"), Map.of());
        assertTrue(encoded.guided);
        assertEquals(Shape.of(4, FakeComponents.TOKENS, 1), encoded.shape);
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
        var config = FakeComponents.config(Map.of(), null, unet);
        return Tensors.run(DType.FLOAT16, new Tensors.Work<Encoded>() {
            @Override
            public <T> Encoded with(EagerOps<T> ops) {
                Conditioning<T> made = adapter.encode(new FakeComponents<>(ops, config),
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
                Conditioning<T> conditioning = adapter.encode(new FakeComponents<>(ops, CONFIG),
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
                return ops.toFloats(adapter.decode(new FakeComponents<>(ops, CONFIG), latents));
            }
        });
        assertArrayEquals(new float[] {0.5f, 0.75f, 0, 1}, pictures);
    }
}
