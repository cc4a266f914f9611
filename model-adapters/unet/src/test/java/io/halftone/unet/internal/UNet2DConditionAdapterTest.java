package io.halftone.unet.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.halftone.model.ModelAdapter;
import io.halftone.model.ModelConfig;
import io.halftone.model.ModelSignature.Extent;
import io.halftone.model.ModelSignature.Port;
import io.halftone.ops.DType;
import io.halftone.ops.Layer;
import io.halftone.ops.Role;
import io.halftone.ops.Shape;
import io.halftone.testkit.CheckpointFiles;
import io.halftone.testkit.ModelAdapterContract;
import io.halftone.testkit.ShapePass;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UNet2DConditionAdapterTest extends ModelAdapterContract {
    private static final Path TINY_SDXL = Path.of("../../karaf-assembly/src/main/resources/models/tiny-sdxl/unet");

    private final UNet2DConditionAdapter adapter = new UNet2DConditionAdapter();

    @Override
    protected ModelAdapter adapter() {
        return adapter;
    }

    @Override
    protected ModelConfig config() {
        return CheckpointFiles.config(TINY_SDXL.resolve("config.json"));
    }

    @Test
    void asksForExactlyWhatTheCheckpointOfTinySdxlHolds() {
        ShapePass pass = ShapePass.symbolic(adapter, config(), DType.FLOAT16);
        assertEquals(CheckpointFiles.shapes(TINY_SDXL.resolve("diffusion_pytorch_model.fp16.safetensors")), new TreeMap<>(pass.parameters()));
    }

    @Test
    void asksForExactlyWhatTheCheckpointOfTinySd21Holds() {
        ShapePass pass = pass("tiny-sd21");
        assertEquals(CheckpointFiles.shapes(getClass(), "tiny-sd21-unet-shapes.json"), new TreeMap<>(pass.parameters()));
    }

    @ParameterizedTest(name = "{0} has {1} convolutions, {2} linear layers and {3} attentions")
    @CsvSource({"sdxl-base-1.0, 51, 743, 140", "sd2.1, 66, 216, 32", "sd1.5, 98, 184, 32"})
    void hasAsManyLayersAsThePublishedModel(String model, int convolutions, int linears, int attentions) {
        List<Layer> layers = pass(model).layers();
        assertEquals(convolutions, layers.stream().filter(Layer.Conv.class::isInstance).count());
        assertEquals(linears, layers.stream().filter(Layer.Linear.class::isInstance).count());
        assertEquals(attentions, layers.stream().filter(Layer.Attention.class::isInstance).count());
    }

    @Test
    void saysWhatEachLayerOfSdxlIsFor() {
        Map<Role, Long> byRole = pass("sdxl-base-1.0").layers().stream().collect(Collectors.groupingBy(Layer::role, Collectors.counting()));
        assertEquals(Map.of(Role.CONVOLUTION, 38L, Role.SHORTCUT, 11L, Role.INPUT, 1L, Role.OUTPUT, 1L, Role.EMBEDDING, 21L,
            Role.FEED_FORWARD, 140L, Role.QKV, 420L, Role.ATTENTION, 140L, Role.ATTENTION_OUTPUT, 140L, Role.PROJECTION, 22L), byRole);
    }

    @Test
    void takesAttentionHeadDimAsTheNumberOfHeads() {
        List<Layer> layers = pass("sdxl-base-1.0").layers();
        var deepest = new Layer.Attention("mid_block.attentions.0.transformer_blocks.9.attn2", Role.ATTENTION, 20, 64, 0.125, false);
        assertEquals(List.of(deepest), layers.stream().filter(l -> l.name().equals(deepest.name())).toList());
    }

    @Test
    void namesItsInputsAndOutputAsTheExportedFileDoes() {
        var signature = adapter.signature(config("sdxl-base-1.0"));
        assertEquals(Map.of("sample", "[batch_size, 4, height, width]", "timestep", "[steps]",
            "encoder_hidden_states", "[batch_size, sequence_length, 2048]", "text_embeds", "[batch_size, 1280]",
            "time_ids", "[batch_size, 6]"), signature.inputs().stream().collect(Collectors.toMap(Port::name, p -> p.shape().toString())));
        assertEquals(List.of("sample", "timestep", "encoder_hidden_states", "text_embeds", "time_ids"),
            signature.inputs().stream().map(Port::name).toList());
        assertEquals(List.of("latent"), signature.outputs().stream().map(Port::name).toList());
        assertEquals(new Extent(8, 128, 256), signature.extents().get("height"));
    }

    /** Source: NVIDIA Model Optimizer, diffusers example, release 0.21, profiles of its TensorRT engines. */
    @Test
    void isBuiltForThePublishedEnginesShapes() {
        var batch = new Extent(2, 16, 16);
        var one = new Extent(1, 1, 1);
        var tokens = new Extent(77, 77, 77);
        assertEquals(Map.of("batch_size", batch, "height", new Extent(128, 128, 128), "width", new Extent(128, 128, 128), "steps", one,
            "sequence_length", tokens), adapter.signature(config("sdxl-base-1.0")).profile());
        assertEquals(Map.of("batch_size", batch, "height", new Extent(96, 96, 96), "width", new Extent(96, 96, 96), "steps", one,
            "sequence_length", tokens), adapter.signature(config("sd2.1")).profile());
    }

    @Test
    void hasNoPooledTextWithoutAnAdditionEmbedding() {
        assertEquals(List.of("sample", "timestep", "encoder_hidden_states"),
            adapter.signature(config("sd2.1")).inputs().stream().map(Port::name).toList());
    }

    @Test
    void takesLatentsOfOddSides() {
        Map<String, Long> extents = Map.of("batch_size", 3L, "height", 13L, "width", 17L, "steps", 3L, "sequence_length", 5L);
        ShapePass pass = ShapePass.sized(adapter, config("sd2.1"), DType.FLOAT32, extents::get);
        assertEquals(Shape.of(3, 4, 13, 17), pass.outputs().get("latent").shape());
    }

    @Test
    void entersTransformersByConvolutionsUnlessToldOtherwise() {
        var projection = new Layer.Conv("down_blocks.0.attentions.0.proj_in", Role.PROJECTION, 320, 320, 1, 1, 0, true);
        assertEquals(List.of(projection), pass("sd1.5").layers().stream().filter(l -> l.name().equals(projection.name())).toList());
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource(delimiter = '|', value = {
        "class_embed_type | timestep | expected no value",
        "time_cond_proj_dim | 256 | expected no value",
        "encoder_hid_dim | 1024 | expected no value",
        "num_attention_heads | 8 | expected no value",
        "addition_embed_type | image | expected one of [text_time]",
        "resnet_time_scale_shift | scale_shift | expected one of [default]",
        "mid_block_type | UNetMidBlock2D | expected one of [UNetMidBlock2DCrossAttn]",
        "act_fn | mish | expected one of [silu, swish]",
        "dual_cross_attention | true | expected one of [false]",
    })
    void refusesWhatItCannotCompute(String key, String value, String expected) {
        assertRefused(key, value, key + ": found " + value + "; " + expected);
    }

    @Test
    void refusesBlocksThatItDoesNotKnow() {
        assertRefused("down_block_types", List.of("DownBlock2D", "AttnDownBlock2D", "CrossAttnDownBlock2D"),
            "down_block_types: found AttnDownBlock2D; expected DownBlock2D or CrossAttnDownBlock2D");
    }

    @Test
    void refusesAsManyBlocksAsThereAreNoChannelsFor() {
        assertRefused("up_block_types", List.of("UpBlock2D"), "up_block_types: found [UpBlock2D]; expected 3 types");
    }

    @Test
    void refusesTextsOfSeveralSizes() {
        assertRefused("cross_attention_dim", List.of(96, 96, 64), "cross_attention_dim: found [96, 96, 64]; expected equal numbers");
    }

    @Test
    void refusesHeadsThatDoNotDivideTheChannels() {
        assertRefused("attention_head_dim", 5, "attention_head_dim: found 5 heads; expected a divisor of 32 channels");
    }

    @Test
    void refusesToDownsampleWithoutPadding() {
        assertRefused("downsample_padding", 0, "downsample_padding: found 0.0; expected 1");
    }

    private void assertRefused(String key, Object value, String message) {
        Map<String, Object> values = new HashMap<>(config().asMap());
        values.put(key, value);
        var changed = ModelConfig.of("unet/config.json", new LinkedHashMap<>(values));
        var refused = assertThrows(IllegalArgumentException.class, () -> adapter.signature(changed));
        assertEquals("unet/config.json: " + message, refused.getMessage());
    }

    private ShapePass pass(String model) {
        return ShapePass.symbolic(adapter, config(model), DType.FLOAT16);
    }

    private ModelConfig config(String model) {
        return CheckpointFiles.config(getClass(), model + "-unet-config.json");
    }
}
