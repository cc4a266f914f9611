package org.example.pixart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.testkit.CheckpointFiles;
import io.halftone.testkit.ModelAdapterContract;
import io.halftone.testkit.ShapePass;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PixArtTransformer2DModelAdapterTest extends ModelAdapterContract {
    private final PixArtTransformer2DModelAdapter adapter = new PixArtTransformer2DModelAdapter();

    @Override
    protected ModelAdapter adapter() {
        return adapter;
    }

    @Override
    protected ModelConfig config() {
        return CheckpointFiles.config(new PixArtSigmaTinyPreset()).component("transformer");
    }

    @Override
    protected Set<String> rootParameters() {
        return Set.of("scale_shift_table");
    }

    /** 28 blocks of 21,255,552, and 15,700,640 around them: what diffusers' conversion script prints. */
    @Test
    void hasAsManyParametersAsThePublishedModel() {
        assertEquals(610_856_096, published().parameters().values().stream().mapToLong(shape -> shape.count().size()).sum());
    }

    @Test
    void saysWhatEachLayerOfThePublishedModelIsFor() {
        Map<Role, Long> byRole = published().layers().stream().collect(Collectors.groupingBy(Layer::role, Collectors.counting()));
        assertEquals(Map.of(Role.INPUT, 1L, Role.EMBEDDING, 4L, Role.MODULATION, 1L, Role.QKV, 168L, Role.ATTENTION, 28L,
            Role.ATTENTION_OUTPUT, 56L, Role.FEED_FORWARD, 56L, Role.OUTPUT, 1L), byRole);
    }

    @Test
    void asksForParametersByTheNamesOfTheStateDict() {
        Map<String, Shape> parameters = published().parameters();
        assertEquals(Shape.of(1152, 4, 2, 2), parameters.get("pos_embed.proj.weight"));
        assertEquals(Shape.of(1152, 256), parameters.get("adaln_single.emb.timestep_embedder.linear_1.weight"));
        assertEquals(Shape.of(6912, 1152), parameters.get("adaln_single.linear.weight"));
        assertEquals(Shape.of(1152, 4096), parameters.get("caption_projection.linear_1.weight"));
        assertEquals(Shape.of(6, 1152), parameters.get("transformer_blocks.27.scale_shift_table"));
        assertEquals(Shape.of(1152), parameters.get("transformer_blocks.0.attn2.to_k.bias"));
        assertEquals(Shape.of(4608, 1152), parameters.get("transformer_blocks.0.ff.net.0.proj.weight"));
        assertEquals(Shape.of(2, 1152), parameters.get("scale_shift_table"));
        assertEquals(Shape.of(32, 1152), parameters.get("proj_out.weight"));
        assertFalse(parameters.containsKey("pos_embed.pos_embed"), "places are computed");
        assertEquals(28 * 21 + 15, parameters.size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "norm_type | ada_norm_zero | norm_type: found ada_norm_zero; expected one of [ada_norm_single]",
        "cross_attention_dim | 32 | cross_attention_dim: found 32; expected one of [64]",
        "attention_head_dim | 15 | cross_attention_dim: found 64; expected one of [60]",
    })
    void refusesWhatItCannotCompute(String key, String value, String expected) {
        Map<String, Object> values = new LinkedHashMap<>(config().asMap());
        values.put(key, value.matches("\\d+") ? Integer.valueOf(value) : value);
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.signature(ModelConfig.of("transformer/config.json", values)));
        assertEquals("transformer/config.json: " + expected, refused.getMessage());
    }

    @Test
    void refusesConditionsOnSizes() {
        Map<String, Object> values = new LinkedHashMap<>(CheckpointFiles.config(new PixArtSigmaPreset()).component("transformer").asMap());
        values.remove("use_additional_conditions");
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.signature(ModelConfig.of("transformer/config.json", values)));
        assertEquals("transformer/config.json: use_additional_conditions: found true, or none beside a sample_size of 128; expected false, "
            + "as PixArt-Sigma has it", refused.getMessage());
    }

    private ShapePass published() {
        return ShapePass.symbolic(adapter, CheckpointFiles.config(new PixArtSigmaPreset()).component("transformer"), DType.FLOAT16);
    }
}
