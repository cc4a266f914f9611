package io.halftone.sd3.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.ops.DType;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.PromptBatch;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StableDiffusion3AdapterTest {
    /** CLIP's tokens and T5's. */
    private static final int TOKENS = FakeComponents.CLIP_TOKENS + 256;

    private final StableDiffusion3Adapter adapter = new StableDiffusion3Adapter();
    private FakeComponents parts = new FakeComponents(true, Map.of());

    @Test
    void isUsedAsDiffusersDoesWhereNothingIsSaid() {
        var components = List.of("text_encoder", "text_encoder_2", "text_encoder_3", "transformer", "vae");
        assertEquals(new PipelineSpec("transformer", components, 16, 8, 16, 128, 128, 28, 7, 2), adapter.spec(parts.config()));
    }

    @Test
    void doesWithoutT5() {
        parts = new FakeComponents(false, Map.of());
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
        assertEquals(List.of("text_encoder", "text_encoder_2", "text_encoder_3", "text_encoder", "text_encoder_2", "text_encoder_3"), parts.runs);
        assertEquals(List.of(5, 5, 256, 5, 5, 256), parts.ops.loaded.stream().map(ids -> ids.size() / 2).toList());
        assertEquals(List.of(3L, 3L, 3L, 2L, 2L, 2L), parts.ops.loaded.stream().map(ids -> ids.get(0)).toList(), "lengths of texts");
        assertTrue(conditioning.guided());
        assertEquals(new Meta(Shape.of(4, TOKENS, 112), DType.FLOAT16), conditioning.inputs().get("encoder_hidden_states"));
        assertEquals(new Meta(Shape.of(4, 7), DType.FLOAT16), conditioning.inputs().get("pooled_projections"));
        assertEquals(new Meta(Shape.of(2, TOKENS, 112), DType.FLOAT16), conditioning.promptEmbeds());
    }

    @Test
    void encodesAnEmptyNegativePrompt() {
        adapter.encode(parts, prompts(5, "", ""));
        assertEquals(List.of(3L, 3L, 3L, 0L, 0L, 0L), parts.ops.loaded.stream().map(ids -> ids.get(0)).toList());
    }

    @Test
    void takesZerosInPlaceOfT5() {
        parts = new FakeComponents(false, Map.of());
        var conditioning = adapter.encode(parts, prompts(1, "", ""));
        assertEquals(List.of("text_encoder", "text_encoder_2"), parts.runs);
        assertEquals(Shape.of(2, TOKENS, 112), conditioning.inputs().get("encoder_hidden_states").shape());
        assertArrayEquals(new float[] {0}, parts.ops.constants.get(0));
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
        var inputs = adapter.inputs(parts.ops, adapter.encode(parts, prompts(5, "", "")), latents, 981.5);
        assertEquals(List.of("hidden_states", "encoder_hidden_states", "pooled_projections", "timestep"), List.copyOf(inputs.names()));
        assertEquals(Collections.nCopies(4, DType.BFLOAT16), inputs.asMap().values().stream().map(Meta::dtype).toList());
        assertArrayEquals(new float[] {981.5f, 981.5f, 981.5f, 981.5f}, parts.ops.constants.get(parts.ops.constants.size() - 1));
        assertSame(latents, adapter.prediction(parts.ops, latents, inputs.get("hidden_states")));
    }

    @Test
    void shiftsWhatItDecodes() {
        parts = new FakeComponents(true, Map.of("shift_factor", -0.5));
        Meta pictures = adapter.decode(parts, new Meta(Shape.of(2, 16, 12, 16), DType.FLOAT32));
        assertEquals(new Meta(Shape.of(2, 3, 96, 128), DType.FLOAT32), pictures);
        assertEquals(List.of(0.25, -0.5, 0.5), parts.ops.scalars);
    }

    /** Two pictures of 96 by 128, of prompts that are 3 and 6 letters long. */
    private static PromptBatch prompts(double guidance, String... negatives) {
        return new PromptBatch(List.of("dog", "donkey"), List.of(negatives), guidance, 96, 128);
    }
}
