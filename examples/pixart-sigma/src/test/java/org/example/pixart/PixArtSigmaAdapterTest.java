package org.example.pixart;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.halftone.model.ModelAdapter;
import io.halftone.ops.DType;
import io.halftone.ops.Shape;
import io.halftone.ops.shape.Meta;
import io.halftone.pipeline.PipelineAdapter;
import io.halftone.pipeline.PipelineSpec;
import io.halftone.pipeline.PromptBatch;
import io.halftone.testkit.CheckpointFiles;
import io.halftone.testkit.FakeComponents;
import io.halftone.testkit.PipelineAdapterContract;
import io.halftone.testkit.ShapeEagerOps;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PixArtSigmaAdapterTest extends PipelineAdapterContract {
    private final PixArtSigmaAdapter adapter = new PixArtSigmaAdapter();
    private final ShapeEagerOps ops = new ShapeEagerOps();
    private final FakeComponents<Meta> parts = fittingParts();

    @Override
    protected PipelineAdapter pipeline() {
        return adapter;
    }

    @Override
    protected ModelAdapter backbone() {
        return new PixArtTransformer2DModelAdapter();
    }

    @Override
    protected FakeComponents<Meta> fittingParts() {
        return new FakeComponents<>(ops, CheckpointFiles.config(new PixArtSigmaTinyPreset())).with("tokenizer", 512)
            .with("text_encoder", DType.FLOAT32, FakeComponents.textEncoder(DType.FLOAT32, Map.of("last_hidden_state", 48), Map.of()))
            .with("vae", DType.FLOAT16, FakeComponents.decoder(DType.FLOAT16));
    }

    @Test
    void isUsedAsDiffusersDoesWhereNothingIsSaid() {
        assertEquals(new PipelineSpec("transformer", List.of("text_encoder", "transformer", "vae"), 4, 8, 16, 1024, 1024, 20, 4.5, 2, false),
            adapter.spec(CheckpointFiles.config(new PixArtSigmaPreset())));
    }

    @Test
    void runsEachTextAloneAtItsOwnLength() {
        var conditioning = adapter.encode(parts, prompts(4.5));
        assertEquals(List.of("text_encoder", "text_encoder", "text_encoder", "text_encoder"), parts.runs());
        // a token for each letter of "dog", "donkey", "" and "no", and one that ends it
        assertEquals(List.of(4, 7, 1, 3), ops.loaded.stream().map(List::size).toList());
        assertTrue(conditioning.guided());
        assertEquals(new Meta(Shape.of(4, 300, 48), DType.FLOAT32), conditioning.inputs().get("encoder_hidden_states"));
        assertEquals(new Meta(Shape.of(2, 300, 48), DType.FLOAT32), conditioning.promptEmbeds());
    }

    @Test
    void masksWhatPadsAText() {
        adapter.encode(parts, prompts(1));
        float[] mask = ops.constants.get(ops.constants.size() - 1);
        float[] expected = new float[2 * 300];
        Arrays.fill(expected, 0, 4, 1);
        Arrays.fill(expected, 300, 307, 1);
        assertArrayEquals(expected, mask);
    }

    @Test
    void cutsALongText() {
        adapter.encode(parts, new PromptBatch(List.of("a".repeat(400)), List.of(""), 1, 128, 128));
        assertEquals(300, ops.loaded.get(0).size());
    }

    @Test
    void readsTextsInLowerCaseWithoutBlanksAround() {
        adapter.encode(parts, new PromptBatch(List.of("  A Dog\n"), List.of(""), 1, 128, 128));
        assertEquals(6, ops.loaded.get(0).size());
    }

    @Test
    void runsUnguidedAtAScaleOfOne() {
        var conditioning = adapter.encode(parts, prompts(1));
        assertFalse(conditioning.guided());
        assertEquals(Shape.of(2, 300, 48), conditioning.inputs().get("encoder_hidden_states").shape());
    }

    @Test
    void leavesTheVarianceOut() {
        var latents = new Meta(Shape.of(2, 4, 16, 16), DType.FLOAT16);
        assertEquals(latents, adapter.prediction(ops, new Meta(Shape.of(2, 8, 16, 16), DType.FLOAT16), latents));
    }

    private static PromptBatch prompts(double guidance) {
        return new PromptBatch(List.of("dog", "donkey"), List.of("", "no"), guidance, 128, 128);
    }
}
