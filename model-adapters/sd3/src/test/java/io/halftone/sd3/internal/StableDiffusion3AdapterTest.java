package io.halftone.sd3.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelAdapter;
import io.halftone.ops.DType;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.pipeline.PipelineAdapter;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.PromptBatch;
import io.halftone.testkit.CheckpointFiles;
import io.halftone.testkit.FakeComponents;
import io.halftone.testkit.PipelineAdapterContract;
import io.halftone.testkit.ShapeEagerOps;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StableDiffusion3AdapterTest extends PipelineAdapterContract {
    private static final int CLIP_TOKENS = 5;
    /** CLIP's tokens and T5's. */
    private static final int TOKENS = CLIP_TOKENS + 256;

    private final StableDiffusion3Adapter adapter = new StableDiffusion3Adapter();
    private final ShapeEagerOps ops = new ShapeEagerOps();
    private FakeComponents<Meta> parts = components(true, Map.of());

    @Override
    protected PipelineAdapter pipeline() {
        return adapter;
    }

    @Override
    protected ModelAdapter backbone() {
        return new Sd3TransformerAdapter();
    }

    @Override
    protected FakeComponents<Meta> fittingParts() {
        long pooled = Sd3Config.of(parts.config().component("transformer")).pooledDim();
        return components(true, Map.of(), Math.toIntExact(pooled - 3));
    }

    @Test
    void isUsedAsDiffusersDoesWhereNothingIsSaid() {
        var components = List.of("text_encoder", "text_encoder_2", "text_encoder_3", "transformer", "vae");
        assertEquals(new PipelineSpec("transformer", components, 16, 8, 16, 128, 128, 28, 7, 2, false), adapter.spec(parts.config()));
    }

    @Test
    void doesWithoutT5() {
        parts = components(false, Map.of());
        assertEquals(List.of("text_encoder", "text_encoder_2", "transformer", "vae"), adapter.spec(parts.config()).components());
    }

    @Test
    void refusesAPipelineWithoutItsSecondTextEncoder() {
        var components = new HashMap<>(parts.config().components());
        components.remove("text_encoder_2");
        var config = new PipelineConfig(parts.config().index(), components);
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.spec(config));
        assertEquals("model_index.json: component text_encoder_2: found none; expected one beside "
            + "[text_encoder, text_encoder_3, transformer, vae]", refused.getMessage());
    }

    @Test
    void putsTheNegativeHalfFirst() {
        var conditioning = adapter.encode(parts, prompts(5, "no", "never"));
        assertEquals(List.of("text_encoder", "text_encoder_2", "text_encoder_3", "text_encoder", "text_encoder_2", "text_encoder_3"), parts.runs());
        assertEquals(List.of(5, 5, 256, 5, 5, 256), ops.loaded.stream().map(ids -> ids.size() / 2).toList());
        assertEquals(List.of(3L, 3L, 3L, 2L, 2L, 2L), ops.loaded.stream().map(ids -> ids.get(0)).toList(), "lengths of texts");
        assertTrue(conditioning.guided());
        assertEquals(new Meta(Shape.of(4, TOKENS, 112), DType.FLOAT16), conditioning.inputs().get("encoder_hidden_states"));
        assertEquals(new Meta(Shape.of(4, 7), DType.FLOAT16), conditioning.inputs().get("pooled_projections"));
        assertEquals(new Meta(Shape.of(2, TOKENS, 112), DType.FLOAT16), conditioning.promptEmbeds());
    }

    @Test
    void encodesAnEmptyNegativePrompt() {
        adapter.encode(parts, prompts(5, "", ""));
        assertEquals(List.of(3L, 3L, 3L, 0L, 0L, 0L), ops.loaded.stream().map(ids -> ids.get(0)).toList());
    }

    @Test
    void takesZerosInPlaceOfT5() {
        parts = components(false, Map.of());
        var conditioning = adapter.encode(parts, prompts(1, "", ""));
        assertEquals(List.of("text_encoder", "text_encoder_2"), parts.runs());
        assertEquals(Shape.of(2, TOKENS, 112), conditioning.inputs().get("encoder_hidden_states").shape());
        assertArrayEquals(new float[] {0}, ops.constants.get(0));
    }

    @Test
    void runsUnguidedAtAScaleOfOne() {
        var conditioning = adapter.encode(parts, prompts(1, "no", "never"));
        assertFalse(conditioning.guided());
        assertEquals(Shape.of(2, TOKENS, 112), conditioning.inputs().get("encoder_hidden_states").shape());
    }

    @Test
    void givesTheBackboneItsInputsInItsOrderAndType() {
        var latents = new Meta(Shape.of(4, 16, 12, 16), DType.BFLOAT16);
        var inputs = adapter.inputs(ops, adapter.encode(parts, prompts(5, "", "")), latents, 981.5);
        assertEquals(List.of("hidden_states", "encoder_hidden_states", "pooled_projections", "timestep"), List.copyOf(inputs.names()));
        assertEquals(Collections.nCopies(4, DType.BFLOAT16), inputs.asMap().values().stream().map(Meta::dtype).toList());
        assertArrayEquals(new float[] {981.5f, 981.5f, 981.5f, 981.5f}, ops.constants.get(ops.constants.size() - 1));
        assertSame(latents, adapter.prediction(ops, latents, inputs.get("hidden_states")));
    }

    @Test
    void shiftsWhatItDecodes() {
        parts = components(true, Map.of("shift_factor", -0.5));
        Meta pictures = adapter.decode(parts, new Meta(Shape.of(2, 16, 12, 16), DType.FLOAT32));
        assertEquals(new Meta(Shape.of(2, 3, 96, 128), DType.FLOAT32), pictures);
        assertEquals(List.of(0.25, -0.5, 0.5), ops.scalars);
    }

    /** Encoders with states of 6, 8 and 112 elements, and projections of 3 and 4. */
    private FakeComponents<Meta> components(boolean t5, Map<String, Object> vae) {
        return components(t5, vae, 4);
    }

    private FakeComponents<Meta> components(boolean t5, Map<String, Object> vae, int pooled) {
        Map<String, Object> allVae = new LinkedHashMap<>(Map.of("block_out_channels", List.of(16, 32, 64, 64), "scaling_factor", 0.25));
        allVae.putAll(vae);
        Map<String, Map<String, Object>> configs = new LinkedHashMap<>();
        configs.put("text_encoder", Map.of("num_hidden_layers", 3));
        configs.put("text_encoder_2", Map.of("num_hidden_layers", 4));
        if (t5) {
            configs.put("text_encoder_3", Map.of());
        }
        configs.put("transformer", CheckpointFiles.config(getClass(), "tiny-sd3-transformer-config.json").asMap());
        configs.put("vae", allVae);
        return new FakeComponents<>(ops, FakeComponents.config(Map.of(), configs))
            .with("tokenizer", CLIP_TOKENS).with("tokenizer_2", CLIP_TOKENS).with("tokenizer_3", 512)
            .with("text_encoder", DType.FLOAT16,
                FakeComponents.textEncoder(DType.FLOAT16, Map.of("hidden_states.2", 6), Map.of("text_embeds", 3)))
            .with("text_encoder_2", DType.FLOAT32,
                FakeComponents.textEncoder(DType.FLOAT32, Map.of("hidden_states.3", 8), Map.of("text_embeds", pooled)))
            .with("text_encoder_3", DType.FLOAT32, FakeComponents.textEncoder(DType.FLOAT32, Map.of("last_hidden_state", 112), Map.of()))
            .with("vae", DType.FLOAT16, FakeComponents.decoder(DType.FLOAT16));
    }

    /** Two pictures of 96 by 128, of prompts that are 3 and 6 letters long. */
    private static PromptBatch prompts(double guidance, String... negatives) {
        return new PromptBatch(List.of("dog", "donkey"), List.of(negatives), guidance, 96, 128);
    }
}
