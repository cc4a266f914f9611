package io.halftone.diffusers.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelConfig;
import io.halftone.ops.CheckpointException;
import io.halftone.ops.DType;
import io.halftone.ops.Parameters;
import io.halftone.ops.TensorView;
import io.halftone.safetensors.SafetensorsFile;
import io.halftone.safetensors.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointViewTest {
    private static final String ATTENTION = "decoder.mid_block.attentions.0.";

    @TempDir
    Path folder;

    private SafetensorsFile stored;

    @AfterEach
    void close() {
        stored.close();
    }

    /** A checkpoint of these shapes, every tensor filled with its place in the order given. */
    private Parameters view(Map<String, Object> config, Map<String, long[]> shapes) throws IOException {
        Path file = folder.resolve("model.safetensors");
        Map<String, Parameters.Info> infos = new LinkedHashMap<>();
        shapes.forEach((name, shape) -> infos.put(name, new Parameters.Info(DType.FLOAT32, shape)));
        try (var writer = SafetensorsWriter.create(file, infos, Map.of())) {
            int place = 0;
            for (var tensor : shapes.entrySet()) {
                float[] values = new float[(int) TensorView.byteLength(DType.INT8, tensor.getValue())];
                Arrays.fill(values, place++);
                writer.write(tensor.getKey(), TensorView.ofFloats(values, tensor.getValue()));
            }
            writer.commit();
        }
        stored = SafetensorsFile.open(file);
        return CheckpointView.of(ModelConfig.of("config.json", config), stored);
    }

    private static Map<String, long[]> vectors(String... names) {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        for (String name : names) {
            shapes.put(name, new long[] {1});
        }
        return shapes;
    }

    private static Map<String, Object> clip(String type, String version) {
        return Map.of("architectures", List.of(type), "transformers_version", version);
    }

    @Test
    void knowsTheAttentionOfAnEarlierAutoencoder() throws IOException {
        Parameters view = view(Map.of("_class_name", "AutoencoderKL"), vectors(ATTENTION + "query.weight", ATTENTION + "key.bias",
            ATTENTION + "value.weight", "encoder.mid_block.attentions.0.proj_attn.bias", ATTENTION + "group_norm.weight",
            "decoder.conv_in.bias"));
        assertEquals(Set.of(ATTENTION + "to_q.weight", ATTENTION + "to_k.bias", ATTENTION + "to_v.weight",
            "encoder.mid_block.attentions.0.to_out.0.bias", ATTENTION + "group_norm.weight", "decoder.conv_in.bias"), view.names());
        assertArrayEquals(new float[] {2}, view.read(ATTENTION + "to_v.weight").toFloats());
        ByteBuffer part = ByteBuffer.allocate(2);
        view.window(ATTENTION + "to_v.weight").read(2, part);
        assertEquals(view.read(ATTENTION + "to_v.weight").bytes().slice(2, 2), part.flip());
    }

    @Test
    void readsAConvolutionOfOnePixelAsALinearLayer() throws IOException {
        Map<String, long[]> shapes = new LinkedHashMap<>(vectors("decoder.conv_in.bias"));
        shapes.put(ATTENTION + "proj_attn.weight", new long[] {3, 2, 1, 1});
        shapes.put(ATTENTION + "to_q.weight", new long[] {2, 2, 1, 1});
        shapes.put("decoder.up_blocks.0.resnets.0.conv_shortcut.weight", new long[] {2, 2, 1, 1});
        Parameters view = view(Map.of("_class_name", "AutoencoderKL"), shapes);
        assertEquals("[3, 2] FLOAT32", view.info(ATTENTION + "to_out.0.weight").toString());
        assertArrayEquals(new long[] {3, 2}, view.read(ATTENTION + "to_out.0.weight").shape());
        assertArrayEquals(new float[] {1, 1, 1, 1, 1, 1}, view.read(ATTENTION + "to_out.0.weight").toFloats());
        assertEquals("[2, 2] FLOAT32", view.info(ATTENTION + "to_q.weight").toString());
        assertEquals("[2, 2, 1, 1] FLOAT32", view.info("decoder.up_blocks.0.resnets.0.conv_shortcut.weight").toString());
    }

    @Test
    void keepsATensorThatAFileHasUnderBothNames() throws IOException {
        Parameters view = view(Map.of("_class_name", "AutoencoderKL"), vectors(ATTENTION + "query.bias", ATTENTION + "to_q.bias"));
        assertEquals(Set.of(ATTENTION + "query.bias", ATTENTION + "to_q.bias"), view.names());
        assertArrayEquals(new float[] {1}, view.read(ATTENTION + "to_q.bias").toFloats());
    }

    @Test
    void givesClipThePrefixThatItsReleaseAsksFor() throws IOException {
        Parameters view = view(clip("CLIPTextModel", "4.57.1"),
            vectors("embeddings.token_embedding.weight", "encoder.layers.0.mlp.fc1.bias", "final_layer_norm.bias"));
        assertEquals(Set.of("text_model.embeddings.token_embedding.weight", "text_model.encoder.layers.0.mlp.fc1.bias",
            "text_model.final_layer_norm.bias"), view.names());
    }

    @Test
    void takesThePrefixFromClipWhereItsReleaseAsksForNone() throws IOException {
        Parameters view = view(clip("CLIPTextModel", "5.6.0"), vectors("text_model.final_layer_norm.bias"));
        assertEquals(Set.of("final_layer_norm.bias"), view.names());
    }

    @Test
    void leavesThePrefixToClipWithProjection() throws IOException {
        Parameters view = view(clip("CLIPTextModelWithProjection", "5.6.0"), vectors("final_layer_norm.bias", "text_projection.weight"));
        assertEquals(Set.of("text_model.final_layer_norm.bias", "text_projection.weight"), view.names());
    }

    @Test
    void leavesOutPositionsThatAreCounted() throws IOException {
        Parameters view = view(clip("CLIPTextModel", "4.25.0.dev0"),
            vectors("text_model.embeddings.position_ids", "text_model.embeddings.position_embedding.weight"));
        assertEquals(Set.of("text_model.embeddings.position_embedding.weight"), view.names());
        var e = assertThrows(CheckpointException.class, () -> view.info("text_model.embeddings.position_ids"));
        assertEquals("text_model.embeddings.position_ids: found a former name or a buffer; expected a parameter's name today",
            e.getMessage());
    }

    @Test
    void findsTheTableOfT5ByEitherName() throws IOException {
        Parameters view = view(Map.of("architectures", List.of("T5EncoderModel")), vectors("encoder.embed_tokens.weight"));
        assertEquals(Set.of("shared.weight"), view.names());
    }

    @Test
    void isTheFileItselfWhereNothingIsOld() throws IOException {
        Parameters view = view(clip("CLIPTextModel", "4.57.1"), vectors("text_model.final_layer_norm.bias"));
        assertSame(stored, view);
    }

    @Test
    void leavesOtherArchitecturesAsTheyAre() throws IOException {
        Parameters view = view(Map.of("_class_name", "UNet2DConditionModel"),
            vectors("embeddings.position_ids", "encoder.embed_tokens.weight"));
        assertSame(stored, view);
    }

    @Test
    void refusesANameThatTheFileHasNot() throws IOException {
        Parameters view = view(Map.of("_class_name", "AutoencoderKL"), vectors(ATTENTION + "query.bias"));
        assertThrows(CheckpointException.class, () -> view.info("none"));
    }
}
