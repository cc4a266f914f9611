package io.halftone.sdxl.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.ops.DType;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.pipeline.PipelineConfig;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.PromptBatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StableDiffusionXlAdapterTest {
    private final StableDiffusionXlAdapter adapter = new StableDiffusionXlAdapter();
    private FakeComponents parts = components(Map.of(), Map.of(), Map.of());

    @Test
    void isUsedAsDiffusersDoesWhereNothingIsSaid() {
        assertEquals(new PipelineSpec("unet", List.of("text_encoder", "text_encoder_2", "unet", "vae"), 4, 8, 8, 128, 128, 50, 5, 1),
            adapter.spec(parts.config()));
    }

    @Test
    void refusesARefiner() {
        var refiner = FakeComponents.config(Map.of("requires_aesthetics_score", true), Map.of(), Map.of());
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.spec(refiner));
        assertEquals("model_index.json: requires_aesthetics_score: found true, a refiner; expected a base pipeline", refused.getMessage());
    }

    @Test
    void refusesAPipelineWithoutItsFirstTextEncoder() {
        var components = new HashMap<>(parts.config().components());
        components.remove("text_encoder");
        var config = new PipelineConfig(parts.config().index(), components);
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.spec(config));
        assertEquals("model_index.json: component text_encoder: found none; expected one beside [text_encoder_2, unet, vae]", refused.getMessage());
    }

    @Test
    void putsTheNegativeHalfFirst() {
        var conditioning = adapter.encode(parts, prompts(5, "no", "never"));
        assertEquals(List.of(ids(3, 6), ids(3, 6), ids(2, 5), ids(2, 5)), parts.ops.loaded, "lengths of prompts, then of negative ones");
        assertEquals(new Meta(Shape.of(4, FakeComponents.TOKENS, 14), DType.FLOAT16), conditioning.inputs().get("encoder_hidden_states"));
        assertEquals(new Meta(Shape.of(4, 7), DType.FLOAT16), conditioning.inputs().get("text_embeds"));
        assertEquals(new Meta(Shape.of(2, FakeComponents.TOKENS, 14), DType.FLOAT16), conditioning.promptEmbeds());
    }

    @Test
    void takesZerosForAnEmptyNegativePrompt() {
        adapter.encode(parts, prompts(5, "", " "));
        assertEquals(List.of("text_encoder", "text_encoder_2"), parts.runs, "each runs once, for the prompts");
        assertArrayEquals(new float[2 * FakeComponents.TOKENS * 14], parts.ops.constants.get(0));
        assertArrayEquals(new float[2 * 7], parts.ops.constants.get(1));
    }

    @Test
    void takesZerosForTheEmptyOnesAmongNegativePrompts() {
        adapter.encode(parts, prompts(5, "no", ""));
        assertArrayEquals(new float[] {1, 0}, parts.ops.constants.get(0));
        assertArrayEquals(new float[] {1, 0}, parts.ops.constants.get(1));
    }

    @Test
    void encodesAnEmptyNegativePromptWhereThePipelineSaysSo() {
        parts = components(Map.of("force_zeros_for_empty_prompt", false), Map.of(), Map.of());
        adapter.encode(parts, prompts(5, "", ""));
        assertEquals(List.of(ids(3, 6), ids(3, 6), ids(0, 0), ids(0, 0)), parts.ops.loaded);
    }

    @Test
    void tellsTheModelThatPicturesAreNotCropped() {
        var conditioning = adapter.encode(parts, prompts(1, "", ""));
        assertEquals(new Meta(Shape.of(2, 6), DType.FLOAT32), conditioning.inputs().get("time_ids"));
        assertArrayEquals(new float[] {96, 128, 0, 0, 96, 128, 96, 128, 0, 0, 96, 128}, parts.ops.constants.get(0));
    }

    @Test
    void runsUnguidedAtAScaleOfOne() {
        var conditioning = adapter.encode(parts, prompts(1, "no", "never"));
        assertFalse(conditioning.guided());
        assertEquals(Shape.of(2, FakeComponents.TOKENS, 14), conditioning.inputs().get("encoder_hidden_states").shape());
    }

    @Test
    void runsUnguidedWhereTheModelEmbedsGuidance() {
        parts = components(Map.of(), Map.of("time_cond_proj_dim", 256), Map.of());
        assertFalse(adapter.encode(parts, prompts(5, "", "")).guided());
    }

    @Test
    void givesTheBackboneItsInputsInItsOrderAndType() {
        var latents = new Meta(Shape.of(4, 4, 12, 16), DType.FLOAT16);
        var inputs = adapter.inputs(parts.ops, adapter.encode(parts, prompts(5, "", "")), latents, 981);
        assertEquals(List.of("sample", "timestep", "encoder_hidden_states", "text_embeds", "time_ids"), List.copyOf(inputs.names()));
        assertEquals(Collections.nCopies(5, DType.FLOAT16), inputs.asMap().values().stream().map(Meta::dtype).toList());
        assertEquals(Shape.of(1), inputs.get("timestep").shape());
        assertArrayEquals(new float[] {981}, parts.ops.constants.get(parts.ops.constants.size() - 1));
        assertSame(latents, adapter.prediction(parts.ops, latents, inputs.get("sample")));
    }

    @Test
    void decodesToFloats() {
        Meta pictures = adapter.decode(parts, new Meta(Shape.of(2, 4, 12, 16), DType.FLOAT32));
        assertEquals(new Meta(Shape.of(2, 3, 96, 128), DType.FLOAT32), pictures);
        assertEquals(0.25, parts.ops.scalars.get(0));
    }

    @Test
    void undoesTheNormalizationOfEachChannel() {
        parts = components(Map.of(), Map.of(), Map.of("latents_mean", List.of(1, 2, 3, 4.5), "latents_std", List.of(5, 6, 7, 8)));
        adapter.decode(parts, new Meta(Shape.of(2, 4, 12, 16), DType.FLOAT32));
        assertArrayEquals(new float[] {5, 6, 7, 8}, parts.ops.constants.get(0));
        assertArrayEquals(new float[] {1, 2, 3, 4.5f}, parts.ops.constants.get(1));
    }

    @Test
    void refusesANormalizationOfOtherChannels() {
        parts = components(Map.of(), Map.of(), Map.of("latents_mean", List.of(1, 2), "latents_std", List.of(5, 6, 7, 8)));
        var latents = new Meta(Shape.of(2, 4, 12, 16), DType.FLOAT32);
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.decode(parts, latents));
        assertEquals("vae/config.json: latents_mean: found [1, 2]; expected 4 numbers", refused.getMessage());
    }

    private static FakeComponents components(Map<String, Object> index, Map<String, Object> unet, Map<String, Object> vae) {
        return new FakeComponents(FakeComponents.config(index, unet, vae));
    }

    /** Two pictures of 96 by 128, of prompts that are 3 and 6 letters long. */
    private static PromptBatch prompts(double guidance, String... negatives) {
        return new PromptBatch(List.of("dog", "donkey"), List.of(negatives), guidance, 96, 128);
    }

    private static List<Long> ids(long first, long second) {
        var ids = new ArrayList<>(Collections.nCopies(FakeComponents.TOKENS, first));
        ids.addAll(Collections.nCopies(FakeComponents.TOKENS, second));
        return ids;
    }
}
