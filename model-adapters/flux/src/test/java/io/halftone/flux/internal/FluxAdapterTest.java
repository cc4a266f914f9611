package io.halftone.flux.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

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
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FluxAdapterTest extends PipelineAdapterContract {
    private static final int CLIP_TOKENS = 5;
    private static final List<String> COMPONENTS = List.of("text_encoder", "text_encoder_2", "transformer", "vae");

    private final FluxAdapter adapter = new FluxAdapter();
    private final ShapeEagerOps ops = new ShapeEagerOps();
    private FakeComponents<Meta> parts = components(Map.of(), Map.of());

    @Override
    protected PipelineAdapter pipeline() {
        return adapter;
    }

    @Override
    protected ModelAdapter backbone() {
        return new FluxTransformerAdapter();
    }

    @Override
    protected FakeComponents<Meta> fittingParts() {
        return parts;
    }

    @Test
    void isUsedAsDiffusersDoesWhereNothingIsSaid() {
        assertEquals(new PipelineSpec("transformer", COMPONENTS, 16, 8, 16, 1024, 1024, 28, 3.5, 2, true), adapter.spec(parts.config()));
    }

    @Test
    void makesPicturesOfTheSizeThatItsDecoderWasMadeFor() {
        parts = components(Map.of(), Map.of("sample_size", 128));
        PipelineSpec spec = adapter.spec(parts.config());
        assertEquals(List.of(128L, 128L), List.of(spec.height(), spec.width()));
    }

    @Test
    void takesFewStepsWithoutGuidance() {
        parts = components(Map.of("guidance_embeds", false), Map.of());
        PipelineSpec spec = adapter.spec(parts.config());
        assertEquals(4, spec.steps());
        assertEquals(0, spec.guidanceScale());
    }

    @Test
    void refusesAPipelineWithoutT5() {
        var components = new HashMap<>(parts.config().components());
        components.remove("text_encoder_2");
        var config = new PipelineConfig(parts.config().index(), components);
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.spec(config));
        assertEquals("model_index.json: component text_encoder_2: found none; expected one beside [text_encoder, transformer, vae]",
            refused.getMessage());
    }

    @Test
    void encodesPromptsOnce() {
        var conditioning = adapter.encode(parts, prompts(3.5, ""));
        assertEquals(List.of("text_encoder_2", "text_encoder"), parts.runs());
        assertEquals(List.of(512, CLIP_TOKENS), ops.loaded.stream().map(ids -> ids.size() / 2).toList());
        assertFalse(conditioning.guided());
        assertEquals(new Meta(Shape.of(2, 512, 112), DType.FLOAT32), conditioning.promptEmbeds());
    }

    @Test
    void placesTheTokensOfThePicture() {
        var conditioning = adapter.encode(parts, prompts(3.5, ""));
        assertEquals(new Meta(Shape.of(6 * 8, 3), DType.FLOAT32), conditioning.inputs().get("img_ids"));
        float[] places = ops.constants.get(0);
        for (int token = 0; token < 6 * 8; token++) {
            assertArrayEquals(new float[] {0, token / 8, token % 8}, Arrays.copyOfRange(places, 3 * token, 3 * token + 3), "token " + token);
        }
        assertArrayEquals(new float[512 * 3], ops.constants.get(1), "places of the text's tokens");
        assertEquals(new Meta(Shape.of(512, 3), DType.FLOAT32), conditioning.inputs().get("txt_ids"));
    }

    @Test
    void tellsTheModelTheGuidanceScale() {
        var conditioning = adapter.encode(parts, prompts(2.5, ""));
        assertArrayEquals(new float[] {2.5f, 2.5f}, ops.constants.get(2));
        assertEquals(new Meta(Shape.of(2), DType.FLOAT32), conditioning.inputs().get("guidance"));
    }

    @Test
    void givesTheBackboneItsInputsInItsOrderAndTypes() {
        var latents = new Meta(Shape.of(2, 16, 12, 16), DType.BFLOAT16);
        var inputs = adapter.inputs(ops, adapter.encode(parts, prompts(3.5, "")), latents, 981.5);
        assertEquals(List.of("hidden_states", "encoder_hidden_states", "pooled_projections", "timestep", "img_ids", "txt_ids", "guidance"),
            List.copyOf(inputs.names()));
        assertEquals(List.of(DType.BFLOAT16, DType.BFLOAT16, DType.BFLOAT16, DType.BFLOAT16, DType.FLOAT32, DType.FLOAT32, DType.FLOAT32),
            inputs.asMap().values().stream().map(Meta::dtype).toList());
        assertEquals(Shape.of(2, 48, 64), inputs.get("hidden_states").shape());
        assertEquals(latents, adapter.prediction(ops, inputs.get("hidden_states"), latents));
    }

    @Test
    void countsTimeFromZeroToOne() {
        adapter.inputs(ops, adapter.encode(parts, prompts(3.5, "")), new Meta(Shape.of(2, 16, 12, 16), DType.FLOAT32), 981.5);
        assertArrayEquals(new float[] {981.5f, 981.5f}, ops.constants.get(ops.constants.size() - 1));
        assertEquals(List.of(1000.0), ops.scalars, "what it is divided by");
    }

    @Test
    void hasNoGuidanceAmongTheInputsOfAModelWithout() {
        parts = components(Map.of("guidance_embeds", false), Map.of());
        var inputs = adapter.inputs(ops, adapter.encode(parts, prompts(0, "")), new Meta(Shape.of(2, 16, 12, 16), DType.FLOAT32), 500);
        assertEquals(List.of("hidden_states", "encoder_hidden_states", "pooled_projections", "timestep", "img_ids", "txt_ids"),
            List.copyOf(inputs.names()));
    }

    @Test
    void refusesGuidanceThatTheModelDoesNotEmbed() {
        parts = components(Map.of("guidance_embeds", false), Map.of());
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.encode(parts, prompts(3.5, "")));
        assertEquals("guidance scale: found 3.5; expected 0, as the model embeds none", refused.getMessage());
    }

    @Test
    void refusesANegativePrompt() {
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.encode(parts, prompts(3.5, "no")));
        assertEquals("negative prompt: found \"no\"; expected none, as FLUX has no second pass for it", refused.getMessage());
    }

    @Test
    void shiftsWhatItDecodes() {
        parts = components(Map.of(), Map.of("shift_factor", -0.5));
        Meta pictures = adapter.decode(parts, new Meta(Shape.of(2, 16, 12, 16), DType.FLOAT32));
        assertEquals(new Meta(Shape.of(2, 3, 96, 128), DType.FLOAT32), pictures);
        assertEquals(List.of(0.25, -0.5, 0.5), ops.scalars);
    }

    /** The state of the end from CLIP, and all states from T5. */
    private FakeComponents<Meta> components(Map<String, Object> transformer, Map<String, Object> vae) {
        Map<String, Object> all = new LinkedHashMap<>(CheckpointFiles.config(getClass(), "tiny-flux-transformer-config.json").asMap());
        all.putAll(transformer);
        Map<String, Object> allVae = new LinkedHashMap<>(Map.of("block_out_channels", List.of(16, 32, 64, 64), "scaling_factor", 0.25));
        allVae.putAll(vae);
        var config = FakeComponents.config(Map.of(), Map.of("text_encoder", Map.of(), "text_encoder_2", Map.of(), "transformer", all,
            "vae", allVae));
        return new FakeComponents<>(ops, config).with("tokenizer", CLIP_TOKENS).with("tokenizer_2", 512)
            .with("text_encoder", DType.FLOAT16, FakeComponents.textEncoder(DType.FLOAT16, Map.of(), Map.of("pooler_output", 48)))
            .with("text_encoder_2", DType.FLOAT32, FakeComponents.textEncoder(DType.FLOAT32, Map.of("last_hidden_state", 112), Map.of()))
            .with("vae", DType.FLOAT16, FakeComponents.decoder(DType.FLOAT16));
    }

    /** Two pictures of 96 by 128, of prompts that are 3 and 6 letters long. */
    private static PromptBatch prompts(double guidance, String negative) {
        return new PromptBatch(List.of("dog", "donkey"), List.of("", negative), guidance, 96, 128);
    }
}
