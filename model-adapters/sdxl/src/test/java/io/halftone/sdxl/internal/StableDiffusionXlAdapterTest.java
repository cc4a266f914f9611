package io.halftone.sdxl.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
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
import io.halftone.unet.internal.UNet2DConditionAdapter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StableDiffusionXlAdapterTest extends PipelineAdapterContract {
    private static final Path TINY_UNET = Path.of("../../karaf-assembly/src/main/resources/models/tiny-sdxl/unet/config.json");
    private static final int TOKENS = 5;

    private final StableDiffusionXlAdapter adapter = new StableDiffusionXlAdapter();
    private final ShapeEagerOps ops = new ShapeEagerOps();
    private FakeComponents<Meta> parts = components(Map.of(), Map.of(), Map.of());

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
        Map<String, Object> unet = CheckpointFiles.config(TINY_UNET).asMap();
        int context = ((Number) unet.get("cross_attention_dim")).intValue();
        int pooled = ((Number) unet.get("projection_class_embeddings_input_dim")).intValue()
            - 6 * ((Number) unet.get("addition_time_embed_dim")).intValue();
        return components(Map.of(), unet, Map.of(), context - 6, pooled);
    }

    @Test
    void isUsedAsDiffusersDoesWhereNothingIsSaid() {
        assertEquals(new PipelineSpec("unet", List.of("text_encoder", "text_encoder_2", "unet", "vae"), 4, 8, 8, 128, 128, 50, 5, 1, false),
            adapter.spec(parts.config()));
    }

    @Test
    void theDecoderOverflowsInHalfPrecisionUnlessItsConfigurationSaysOtherwise() {
        ModelConfig vae = parts.config().component("vae");
        assertFalse(vae.has("force_upcast"));
        assertTrue(adapter.overflowsHalf("vae", vae));
        assertFalse(adapter.overflowsHalf("vae", ModelConfig.of("config.json", Map.of("force_upcast", false))));
        assertFalse(adapter.overflowsHalf("unet", parts.config().component("unet")));
    }

    @Test
    void refusesARefiner() {
        var refiner = components(Map.of("requires_aesthetics_score", true), Map.of(), Map.of()).config();
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
        assertEquals(List.of(ids(3, 6), ids(3, 6), ids(2, 5), ids(2, 5)), ops.loaded, "lengths of prompts, then of negative ones");
        assertEquals(new Meta(Shape.of(4, TOKENS, 14), DType.FLOAT16), conditioning.inputs().get("encoder_hidden_states"));
        assertEquals(new Meta(Shape.of(4, 7), DType.FLOAT16), conditioning.inputs().get("text_embeds"));
        assertEquals(new Meta(Shape.of(2, TOKENS, 14), DType.FLOAT16), conditioning.promptEmbeds());
    }

    @Test
    void takesZerosForAnEmptyNegativePrompt() {
        adapter.encode(parts, prompts(5, "", " "));
        assertEquals(List.of("text_encoder", "text_encoder_2"), parts.runs(), "each runs once, for the prompts");
        assertArrayEquals(new float[2 * TOKENS * 14], ops.constants.get(0));
        assertArrayEquals(new float[2 * 7], ops.constants.get(1));
    }

    @Test
    void takesZerosForTheEmptyOnesAmongNegativePrompts() {
        adapter.encode(parts, prompts(5, "no", ""));
        assertArrayEquals(new float[] {1, 0}, ops.constants.get(0));
        assertArrayEquals(new float[] {1, 0}, ops.constants.get(1));
    }

    @Test
    void encodesAnEmptyNegativePromptWhereThePipelineSaysSo() {
        parts = components(Map.of("force_zeros_for_empty_prompt", false), Map.of(), Map.of());
        adapter.encode(parts, prompts(5, "", ""));
        assertEquals(List.of(ids(3, 6), ids(3, 6), ids(0, 0), ids(0, 0)), ops.loaded);
    }

    @Test
    void tellsTheModelThatPicturesAreNotCropped() {
        var conditioning = adapter.encode(parts, prompts(1, "", ""));
        assertEquals(new Meta(Shape.of(2, 6), DType.FLOAT32), conditioning.inputs().get("time_ids"));
        assertArrayEquals(new float[] {96, 128, 0, 0, 96, 128, 96, 128, 0, 0, 96, 128}, ops.constants.get(0));
    }

    @Test
    void tellsBothHalvesOfAGuidedBatchTheSameSizes() {
        var prompts = new PromptBatch(List.of("a", "b", "c"), List.of("", "", ""), 5, 64, 192);
        assertEquals(Shape.of(6, 6), adapter.encode(parts, prompts).inputs().get("time_ids").shape());
        float[] ids = ops.constants.get(2);
        for (int row = 0; row < 6; row++) {
            // original height and width, top and left of the crop, target height and width
            assertArrayEquals(new float[] {64, 192, 0, 0, 64, 192}, Arrays.copyOfRange(ids, 6 * row, 6 * row + 6), "row " + row);
        }
    }

    @Test
    void decodesTileByTileWhereAskedTo() {
        parts = components(Map.of(), Map.of(), Map.of("sample_size", 64)).tiled();
        Meta pictures = adapter.decode(parts, new Meta(Shape.of(2, 4, 9, 16), DType.FLOAT32));
        assertEquals(new Meta(Shape.of(2, 3, 72, 128), DType.FLOAT32), pictures);
        assertEquals(Collections.nCopies(2 * 3, "vae"), parts.runs());
    }

    @Test
    void runsUnguidedAtAScaleOfOne() {
        var conditioning = adapter.encode(parts, prompts(1, "no", "never"));
        assertFalse(conditioning.guided());
        assertEquals(Shape.of(2, TOKENS, 14), conditioning.inputs().get("encoder_hidden_states").shape());
    }

    @Test
    void runsUnguidedWhereTheModelEmbedsGuidance() {
        parts = components(Map.of(), Map.of("time_cond_proj_dim", 256), Map.of());
        assertFalse(adapter.encode(parts, prompts(5, "", "")).guided());
    }

    @Test
    void givesTheBackboneItsInputsInItsOrderAndType() {
        var latents = new Meta(Shape.of(4, 4, 12, 16), DType.FLOAT16);
        var inputs = adapter.inputs(ops, adapter.encode(parts, prompts(5, "", "")), latents, 981);
        assertEquals(List.of("sample", "timestep", "encoder_hidden_states", "text_embeds", "time_ids"), List.copyOf(inputs.names()));
        assertEquals(Collections.nCopies(5, DType.FLOAT16), inputs.asMap().values().stream().map(Meta::dtype).toList());
        assertEquals(Shape.of(1), inputs.get("timestep").shape());
        assertArrayEquals(new float[] {981}, ops.constants.get(ops.constants.size() - 1));
        assertSame(latents, adapter.prediction(ops, latents, inputs.get("sample")));
    }

    @Test
    void decodesToFloats() {
        Meta pictures = adapter.decode(parts, new Meta(Shape.of(2, 4, 12, 16), DType.FLOAT32));
        assertEquals(new Meta(Shape.of(2, 3, 96, 128), DType.FLOAT32), pictures);
        assertEquals(0.25, ops.scalars.get(0));
    }

    @Test
    void undoesTheNormalizationOfEachChannel() {
        parts = components(Map.of(), Map.of(), Map.of("latents_mean", List.of(1, 2, 3, 4.5), "latents_std", List.of(5, 6, 7, 8)));
        adapter.decode(parts, new Meta(Shape.of(2, 4, 12, 16), DType.FLOAT32));
        assertArrayEquals(new float[] {5, 6, 7, 8}, ops.constants.get(0));
        assertArrayEquals(new float[] {1, 2, 3, 4.5f}, ops.constants.get(1));
    }

    @Test
    void refusesANormalizationOfOtherChannels() {
        parts = components(Map.of(), Map.of(), Map.of("latents_mean", List.of(1, 2), "latents_std", List.of(5, 6, 7, 8)));
        var latents = new Meta(Shape.of(2, 4, 12, 16), DType.FLOAT32);
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.decode(parts, latents));
        assertEquals("vae/config.json: latents_mean: found [1, 2]; expected 4 numbers", refused.getMessage());
    }

    /** Encoders with states of 6 and 8 elements and a projection of 7. */
    private FakeComponents<Meta> components(Map<String, Object> index, Map<String, Object> unet, Map<String, Object> vae) {
        Map<String, Object> allUnet = new LinkedHashMap<>(Map.of("sample_size", 16, "in_channels", 4));
        allUnet.putAll(unet);
        return components(index, allUnet, vae, 8, 7);
    }

    private FakeComponents<Meta> components(Map<String, Object> index, Map<String, Object> unet, Map<String, Object> vae, int states,
                                            int pooled) {
        Map<String, Object> allVae = new LinkedHashMap<>(Map.of("block_out_channels", List.of(16, 32, 64, 64), "scaling_factor", 0.25));
        allVae.putAll(vae);
        var config = FakeComponents.config(index, Map.of("text_encoder", Map.of("num_hidden_layers", 3),
            "text_encoder_2", Map.of("num_hidden_layers", 4), "unet", unet, "vae", allVae));
        return new FakeComponents<>(ops, config).with("tokenizer", TOKENS).with("tokenizer_2", TOKENS)
            .with("text_encoder", DType.FLOAT32, FakeComponents.textEncoder(DType.FLOAT32, Map.of("hidden_states.2", 6), Map.of()))
            .with("text_encoder_2", DType.FLOAT16,
                FakeComponents.textEncoder(DType.FLOAT16, Map.of("hidden_states.3", states), Map.of("text_embeds", pooled)))
            .with("vae", DType.FLOAT16, FakeComponents.decoder(DType.FLOAT16));
    }

    /** Two pictures of 96 by 128, of prompts that are 3 and 6 letters long. */
    private static PromptBatch prompts(double guidance, String... negatives) {
        return new PromptBatch(List.of("dog", "donkey"), List.of(negatives), guidance, 96, 128);
    }

    private static List<Long> ids(long first, long second) {
        var ids = new ArrayList<>(Collections.nCopies(TOKENS, first));
        ids.addAll(Collections.nCopies(TOKENS, second));
        return ids;
    }
}
